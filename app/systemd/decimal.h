// SPDX-License-Identifier: MIT
// Numbers as a service manager writes them into the environment, and in no other way.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cloister::systemd {

// Digits only, from the first byte to the last: no sign, space, leading zero or base prefix.
// Nothing if `text` is anything else, or above 2^64 - 1.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace cloister::systemd
