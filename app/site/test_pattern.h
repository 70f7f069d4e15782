// SPDX-License-Identifier: MIT
// Patterns and targets as tests write them.
#pragma once

#include <string>
#include <string_view>

#include "site/pattern.h"

namespace cloister::site {

// '*' is the splat and '$' a placeholder; in a target "$A" refers to the first.
inline std::string marked(std::string_view text) {
    std::string made;
    for (const char c : text) {
        made += c == '*' ? splat_mark : c == '$' ? placeholder_mark : c;
    }
    return made;
}

}  // namespace cloister::site
