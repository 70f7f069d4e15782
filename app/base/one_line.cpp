// SPDX-License-Identifier: MIT
#include "base/one_line.h"

#include <array>
#include <cstdint>

namespace cloister::base {

namespace {

// One row for each lead byte pattern of RFC 3629; `smallest` refuses longer forms of a shorter one.
struct Form {
    std::uint8_t mask;
    std::uint8_t lead;
    std::size_t length_bytes;
    std::uint32_t smallest;
};

constexpr std::array<Form, 4> forms = {{
    {0x80, 0x00, 1, 0x0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
}};

struct Character {
    std::uint32_t code = 0;
    std::size_t length_bytes = 0;  // 0: the text does not begin with a character
};

Character decode(std::string_view text, const Form& form) {
    const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
    if (text.size() < form.length_bytes) {
        return {};
    }
    std::uint32_t code = byte(0) & static_cast<std::uint8_t>(~form.mask);
    for (std::size_t index = 1; index < form.length_bytes; ++index) {
        if ((byte(index) & 0xc0) != 0x80) {
            return {};
        }
        code = (code << 6) | (byte(index) & 0x3f);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < form.smallest || code > 0x10ffff || surrogate) {
        return {};
    }
    return {code, form.length_bytes};
}

Character first_character(std::string_view text) {
    for (const Form& form : forms) {
        if ((static_cast<std::uint8_t>(text.front()) & form.mask) == form.lead) {
            return decode(text, form);
        }
    }
    return {};
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit_bytes) {
    std::string line;
    while (!text.empty()) {
        const Character character = first_character(text);
        const std::size_t consumed = character.length_bytes == 0 ? 1 : character.length_bytes;
        std::string_view shown = text.substr(0, consumed);
        if (character.length_bytes == 0 || is_control(character.code)) {
            const bool breaks_line = text.front() >= '\t' && text.front() <= '\r';
            shown = breaks_line ? " " : "?";
        }
        if (line.size() + shown.size() > limit_bytes) {
            break;
        }
        line += shown;
        text.remove_prefix(consumed);
    }
    return line;
}

}  // namespace cloister::base
