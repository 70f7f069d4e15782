// SPDX-License-Identifier: MIT
// What the tokens of a loop's events are about: a connection is its slot and the generation of that
// slot; a listener is its number, with the highest bit set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/event_loop.h"

namespace cloister::server {

constexpr Token listener_bit = Token{1} << 63;
constexpr std::uint32_t generation_mask = 0x7fffffff;

constexpr std::size_t slot_of(Token token) {
    return token & 0xffffffff;
}

}  // namespace cloister::server
