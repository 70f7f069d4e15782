// SPDX-License-Identifier: MIT
#include "systemd/decimal.h"

#include <charconv>
#include <system_error>

namespace cloister::systemd {

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) {
        return std::nullopt;
    }
    return value;
}

}  // namespace cloister::systemd
