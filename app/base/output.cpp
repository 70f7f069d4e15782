// SPDX-License-Identifier: MIT
#include "base/output.h"

#include <utility>

namespace cloister::base {

void Output::append(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    // Text grows the piece before it if that is text too, so that a head and a small body leave in
    // one send(2).
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
    const Piece& piece = pieces_[first_];
    Front front{.length = piece.length, .last = first_ + 1 == pieces_.size()};
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

void Output::consume(std::uint64_t bytes) {
    Piece& piece = pieces_[first_];
    piece.offset += bytes;
    piece.length -= bytes;
    size_ -= bytes;
    if (piece.length == 0) {
        ++first_;
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
