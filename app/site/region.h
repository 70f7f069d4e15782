// SPDX-License-Identifier: MIT
// A piece of address space that one owner has: memory that is filled and then never changed again,
// or a file that is read in place (mmap(2)).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloister::site {

class Region {
  public:
    Region() = default;

    // The first `bytes` of the open file, to be read. The file may be closed then; it must not
    // become shorter while the region lives, because reading behind its end ends the process
    // (SIGBUS). Throws std::system_error naming `path`.
    static Region map(int file, std::size_t bytes, const std::string& path);

    // Address space for up to `bytes`, of which none is usable and none counts as memory yet. Less
    // of it where a limit forbids so much (RLIMIT_AS), so that as much is left for everything else.
    // Throws std::system_error.
    static Region reserve(std::size_t bytes);

    Region(Region&& other) noexcept;
    Region& operator=(Region&& other) noexcept;
    Region(const Region&) = delete;
    Region& operator=(const Region&) = delete;
    ~Region();

    // Makes the first `bytes` of what was reserved usable. Throws std::system_error; ENOMEM beyond
    // what was reserved.
    void grow(std::size_t bytes);

    // Gives back what lies behind the first `bytes`, and lets nobody write to them again. Throws
    // std::system_error.
    void seal(std::size_t bytes);

    // The bytes that grow() has made usable.
    [[nodiscard]] char* writable() { return data_; }

    // What was mapped, or sealed.
    [[nodiscard]] std::string_view bytes() const { return {data_, used_}; }

  private:
    Region(char* data, std::size_t size, std::size_t used)
        : data_(data), size_(size), used_(used) {}

    void give_back_behind(std::size_t kept);

    char* data_ = nullptr;
    std::size_t size_ = 0;  // of the address space
    std::size_t used_ = 0;  // that can be read
};

}  // namespace cloister::site
