// SPDX-License-Identifier: MIT
#include "press/utf8.h"

#include <array>
#include <cstddef>

namespace cloister::press {

namespace {

// The rows of RFC 3629 4: how a character of more than one byte begins, and goes on. Bytes behind
// the second are 0x80 to 0xbf always.
struct Form {
    unsigned char first_low, first_high;
    unsigned char second_low, second_high;
    std::size_t length;
};

constexpr std::array forms = {
    Form{0xc2, 0xdf, 0x80, 0xbf, 2}, Form{0xe0, 0xe0, 0xa0, 0xbf, 3},
    Form{0xe1, 0xec, 0x80, 0xbf, 3}, Form{0xed, 0xed, 0x80, 0x9f, 3},
    Form{0xee, 0xef, 0x80, 0xbf, 3}, Form{0xf0, 0xf0, 0x90, 0xbf, 4},
    Form{0xf1, 0xf3, 0x80, 0xbf, 4}, Form{0xf4, 0xf4, 0x80, 0x8f, 4},
};

// True if `bytes` are the beginning of such a character, or all of it.
bool fits(const Form& form, std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const unsigned low = i == 0 ? form.first_low : i == 1 ? form.second_low : 0x80;
        const unsigned high = i == 0 ? form.first_high : i == 1 ? form.second_high : 0xbf;
        if (byte < low || byte > high) {
            return false;
        }
    }
    return true;
}

// What is left of `bytes` behind the characters that are whole and right.
std::string_view rest_of(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t length = static_cast<unsigned char>(bytes.front()) < 0x80 ? 1 : 0;
        for (const Form& form : forms) {
            if (bytes.size() >= form.length && fits(form, bytes.substr(0, form.length))) {
                length = form.length;
            }
        }
        if (length == 0) {
            break;
        }
        bytes.remove_prefix(length);
    }
    return bytes;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
    return rest_of(bytes).empty();
}

bool begins_as_utf8(std::string_view bytes) {
    const std::string_view rest = rest_of(bytes);
    for (const Form& form : forms) {
        if (rest.size() < form.length && fits(form, rest)) {
            return true;
        }
    }
    return rest.empty();
}

}  // namespace cloister::press
