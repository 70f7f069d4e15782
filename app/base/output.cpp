// SPDX-License-Identifier: MIT
#include "base/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace cloister::base {

void Output::append(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    // Text grows the piece before it if that is text too, so that a head and a small body leave in
    // one write(2).
    if (pieces_.size() > first_ && pieces_.back().kind == Kind::text) {
        pieces_.back().length += bytes.size();
        size_ += bytes.size();
    } else {
        add({.kind = Kind::text, .offset = text_.size(), .length = bytes.size(), .owned = {}});
    }
    text_ += bytes;
}

void Output::lend(std::string_view bytes) {
    add({.kind = Kind::lent, .lent = bytes.data(), .length = bytes.size(), .owned = {}});
}

void Output::give(std::string bytes) {
    const std::size_t length = bytes.size();
    add({.kind = Kind::owned, .length = length, .owned = std::move(bytes)});
}

void Output::append_file(int fd, std::uint64_t offset, std::uint64_t length) {
    add({.kind = Kind::file, .fd = fd, .offset = offset, .length = length, .owned = {}});
}

void Output::add(Piece piece) {
    if (piece.length != 0) {
        size_ += piece.length;
        pieces_.push_back(std::move(piece));
    }
}

Output::Front Output::front() const {
    return front_of(first_);
}

Output::Front Output::front_of(std::size_t index) const {
    const Piece& piece = pieces_[index];
    Front front{.length = piece.length, .last = index + 1 == pieces_.size()};
    switch (piece.kind) {
        case Kind::text:
            front.data = text_.data() + piece.offset;
            break;
        case Kind::lent:
            front.data = piece.lent + piece.offset;
            break;
        case Kind::owned:
            front.data = piece.owned.data() + piece.offset;
            break;
        case Kind::file:
            front.fd = piece.fd;
            front.offset = piece.offset;
            break;
    }
    return front;
}

std::size_t Output::copy_next(std::span<char> into) const {
    std::size_t copied = 0;
    for (std::size_t index = first_; index < pieces_.size() && copied < into.size(); ++index) {
        const Front front = front_of(index);
        char* const target = into.data() + copied;
        const std::size_t length = std::min<std::uint64_t>(front.length, into.size() - copied);
        if (front.data != nullptr) {
            std::memcpy(target, front.data, length);
            copied += length;
            continue;
        }
        const ssize_t count = ::pread(front.fd, target, length, static_cast<off_t>(front.offset));
        copied += count > 0 ? static_cast<std::size_t>(count) : 0;
        if (count != static_cast<ssize_t>(length)) {
            break;
        }
    }
    return copied;
}

void Output::consume(std::uint64_t bytes) {
    while (bytes != 0) {
        Piece& piece = pieces_[first_];
        const std::uint64_t part = std::min(bytes, piece.length);
        piece.offset += part;
        piece.length -= part;
        size_ -= part;
        bytes -= part;
        if (piece.length == 0) {
            ++first_;
        }
    }
    if (size_ == 0) {
        clear();
    }
}

void Output::clear() {
    text_.clear();
    pieces_.clear();
    first_ = 0;
    size_ = 0;
}

}  // namespace cloister::base
