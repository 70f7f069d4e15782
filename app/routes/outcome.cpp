// SPDX-License-Identifier: MIT
#include "routes/outcome.h"

#include <cstddef>

namespace cloister::routes {

namespace {

// Bytes of one reason; a journal line stays readable, and an exception cannot flood it.
constexpr std::size_t reason_bytes = 256;

std::string printable(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    for (const char c : text.substr(0, reason_bytes)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '\\') {
            line += c;
        } else {
            line += "\\x";
            line += digits[byte >> 4U];
            line += digits[byte & 0xfU];
        }
    }
    if (text.size() > reason_bytes) {
        line += "...";
    }
    return line;
}

}  // namespace

Outcome failed(std::string_view reason) {
    return {http::plain_answer(500), printable(reason)};
}

}  // namespace cloister::routes
