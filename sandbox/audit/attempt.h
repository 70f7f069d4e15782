// SPDX-License-Identifier: MIT
// What somebody who has taken over the process would try next, as data: one row for each attempt.
// The table is the union of the files *_attempts.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sandbox/audit/stage.h"

namespace cloister::sandbox::audit {

// What becomes of an attempt where nothing forbids it and its user has no privilege. An attempt
// that fails there proves nothing about a lock.
enum class Control : std::uint8_t {
    works,
    depends,  // on how the kernel was built or set: user namespaces, io_uring, perf
    fails,    // for want of a capability, or because the kernel always refuses
};

// Tries it for good, not in pretence. Returns -1 if it was denied (errno says how), anything else
// if it succeeded; or does not return, because it was killed, or because another program runs now.
// Calls nothing that allocates: under the lock the heap may not grow.
using Deed = long (*)(Stage& stage);

// On which thread.
enum class Actor : std::uint8_t {
    locked,  // one that confine() has locked
    elder,   // one that confine() does not know, because it was there before
};

struct Attempt {
    unsigned theme;         // the number of a Theme
    std::string_view name;  // unique; letters, digits, "-" and "_"
    long call;              // the system call that decides, or one of the two below
    Control control;
    std::string_view gain;  // what it would give an attacker: ends "it would let them ..."
    Deed deed;
    Held Stage::*needs = nullptr;  // what must be held for it; if that cannot be had, it fails so
    Actor actor = Actor::locked;
};

constexpr long no_call = -1;          // numbers that are no call of this kernel's
constexpr long entry_int_80 = -0x80;  // the entry for 32-bit programs; not every kernel has it

// Attempts of one kind, under one heading.
struct Theme {
    unsigned number;
    std::string_view title;
};

// All of them, by number.
std::span<const Theme> themes();

// All of them, by theme.
std::vector<Attempt> attempts();

// The rows of each file.
std::span<const Attempt> process_attempts();
std::span<const Attempt> file_attempts();
std::span<const Attempt> socket_attempts();
std::span<const Attempt> held_attempts();
std::span<const Attempt> neighbour_attempts();
std::span<const Attempt> memory_attempts();
std::span<const Attempt> ring_attempts();
std::span<const Attempt> kernel_attempts();
std::span<const Attempt> entry_attempts();
std::span<const Attempt> lock_attempts();

}  // namespace cloister::sandbox::audit
