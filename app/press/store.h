// SPDX-License-Identifier: MIT
// Where an image grows: memory, for a site that is served at once, or a file, for one that is
// packed.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/fd.h"
#include "site/image.h"
#include "site/region.h"

namespace cloister::press {

// Bytes that the image has already.
struct Place {
    std::uint64_t offset = 0;    // bytes, into the image
    std::uint64_t length = 0;    // bytes
    std::uint64_t checksum = 0;  // site::checksum_of() them
};

class Store {
  public:
    // An image in memory. Throws std::system_error.
    Store();

    // An image in `file`, which is empty and open for reading and writing. `path` is for messages.
    Store(base::Fd file, std::string path);

    // Appends a body; any thread may. Throws std::system_error, or base::Failure if there is no
    // room for it.
    Place add(std::string_view bytes);

    // The same for the first `length` bytes of an open file, or all that it has if these are fewer.
    // It goes in parts, so it may be larger than memory. `shown` is for messages.
    Place add(int file, std::uint64_t length, const std::string& shown);

    // Those bytes again, as a copy; any thread may.
    [[nodiscard]] std::string read(const Place& place);

    // Whether what is added goes to a file.
    [[nodiscard]] bool is_file() const { return !path_.empty(); }

    // Bytes so far.
    [[nodiscard]] std::uint64_t size();

    // Writes the header, by which the bytes become an image; until then no Site takes them.
    // Nothing is added afterwards.
    void finish(site::Header header);

    // What is served: the memory, sealed, or the file, mapped. After finish().
    site::Region region();

    // The file, or none if the image is in memory. After finish().
    base::Fd file() { return std::move(file_); }

  private:
    std::uint64_t claim(std::uint64_t length);
    void write_at(std::uint64_t offset, std::string_view bytes);
    void write_to_file(std::uint64_t offset, std::string_view bytes);

    std::mutex mutex_;  // of the size, and of how far the memory reaches
    site::Region memory_;
    base::Fd file_;
    std::string path_;
    std::uint64_t size_ = sizeof(site::Header);
};

}  // namespace cloister::press
