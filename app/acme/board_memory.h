// SPDX-License-Identifier: MIT
// The board as it lies in memory and in its file: two pages, and a count whose lowest bit says
// which page is in force. The writer fills the other page and then adds one to the count, so a
// writer that dies at any point leaves the old page in force, whole. A reader that finds the count
// unchanged after its look has seen one page and no half of another: Boehm, "Can seqlocks get along
// with programming language memory models?" (2012).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/limits.h"

namespace cloister::acme {

// Lock-free atomics mean the same in memory that two processes share ([atomics.lockfree]).
using Word = std::atomic<std::uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == 8);

// A key authorization (challenge.h), NUL to the end. Those in use come first.
using Slot = std::array<Word, 32>;

using Page = std::array<Slot, base::limits::challenge_count>;

// No address and no length is in it, so nothing that it holds can lead a reader out of it. It never
// changes its size: what is mapped stays backed.
struct BoardMemory {
    Word format;                 // board_format
    Word count;                  // of changes; page `count % 2` is in force
    std::array<Word, 6> unused;  // so that pages begin on a cache line
    std::array<Page, 2> pages;
};

static_assert(base::limits::challenge_token_bytes + 1 + 43 <= sizeof(Slot));
static_assert(sizeof(BoardMemory) == 64 + 2 * base::limits::challenge_count * 256);

// "CLBOARD1" in the byte order of x86-64; another number for another layout.
constexpr std::uint64_t board_format = 0x314452414f424c43;

struct UnmapBoard {
    void operator()(const BoardMemory* memory) const;
};

using MappedBoard = std::unique_ptr<BoardMemory, UnmapBoard>;

// Whether an open file is a board: a regular one of that size that begins with that number.
// Anything else may hold whatever it likes.
bool is_board(int fd);

// The file's own bytes, all of them there from now on, with `protection` as in mmap(2); whoever
// maps it to read alone must not write. Throws std::system_error.
MappedBoard map_board(int fd, int protection);

}  // namespace cloister::acme
