// SPDX-License-Identifier: MIT
// How far something is that may take long.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace cloister::base {

// Called often, and by any thread: `doing` is a phrase, "reading files"; `done` of `all` are behind
// it, or so many and nobody knows of how many if `all` is 0.
using Progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t all)>;

}  // namespace cloister::base
