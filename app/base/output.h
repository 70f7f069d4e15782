// SPDX-License-Identifier: MIT
// Bytes on their way to a socket, in order: copied text, lent memory, owned memory, windows of open
// files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloister::base {

class Output {
  public:
    // What is to be sent next: `data` is null for a part of a file. Valid until the next call that
    // changes the Output.
    struct Front {
        const char* data = nullptr;
        int fd = -1;
        std::uint64_t offset = 0;  // bytes into the file
        std::uint64_t length = 0;  // bytes; never 0
        bool last = true;          // nothing follows it
    };

    // Copies.
    void append(std::string_view bytes);

    // Lends: `bytes` stay where they are until they have been sent or the Output is gone.
    void lend(std::string_view bytes);

    // Takes over.
    void give(std::string bytes);

    // A window of an open file that outlives the Output.
    void append_file(int fd, std::uint64_t offset, std::uint64_t length);

    [[nodiscard]] bool empty() const { return size_ == 0; }

    // Bytes unsent.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    // Call only if not empty().
    [[nodiscard]] Front front() const;

    // Copies what comes next, as much as `into` holds, and reads windows of files for it
    // (pread(2)). Returns how many bytes; fewer than there are where a file has become shorter
    // since it was opened.
    [[nodiscard]] std::size_t copy_next(std::span<char> into) const;

    // `bytes` have been sent; at most size().
    void consume(std::uint64_t bytes);

    // Drops everything unsent; keeps the allocations for reuse.
    void clear();

  private:
    enum class Kind : std::uint8_t { text, lent, owned, file };

    struct Piece {
        Kind kind;
        const char* lent = nullptr;
        int fd = -1;
        std::uint64_t offset = 0;  // into text_, the owned string or the file
        std::uint64_t length = 0;
        std::string owned;
    };

    void add(Piece piece);
    [[nodiscard]] Front front_of(std::size_t index) const;

    std::string text_;  // all copied bytes, one behind the other
    std::vector<Piece> pieces_;
    std::size_t first_ = 0;  // pieces before it are sent
    std::uint64_t size_ = 0;
};

}  // namespace cloister::base
