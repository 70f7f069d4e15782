// SPDX-License-Identifier: MIT
#include "press/escape.h"

namespace cloister::press {

// pchar of RFC 3986 3.3, and '/'.
std::string escaped_path(std::string_view path) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : path) {
        const char lower = static_cast<char>(c | 0x20);
        const auto byte = static_cast<unsigned char>(c);
        if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
            marks.find(c) != std::string_view::npos) {
            text += c;
        } else {
            text += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return text;
}

}  // namespace cloister::press
