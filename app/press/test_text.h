// SPDX-License-Identifier: MIT
// Text for tests to compress: no line of it is like another, and all of them are alike.
#pragma once

#include <string>

namespace cloister::press {

inline std::string text_of(std::size_t bytes) {
    std::string text;
    for (std::size_t line = 0; text.size() < bytes; ++line) {
        text += "<li>Number " + std::to_string(line * 7919 % 100003) + " of the list</li>\n";
    }
    text.resize(bytes);
    return text;
}

}  // namespace cloister::press
