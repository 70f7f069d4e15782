// SPDX-License-Identifier: MIT
#include "site/entity_tag.h"

#include <algorithm>

namespace cloister::site {

namespace {

// Walks the list tag by tag; bytes between tags that are not part of one are skipped, so a
// malformed list names less.
bool names(std::string_view list, std::string_view tag, bool weak_counts) {
    if (list == "*") {
        return true;
    }
    std::size_t at = 0;
    while ((at = list.find('"', at)) != std::string_view::npos) {
        const std::size_t end = list.find('"', at + 1);
        if (end == std::string_view::npos) {
            return false;
        }
        const bool weak = at >= 2 && list.substr(at - 2, 2) == "W/";
        if ((weak_counts || !weak) && list.substr(at, end + 1 - at) == tag) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

}  // namespace

bool names_weakly(std::string_view list, std::string_view tag) {
    return names(list, tag, true);
}

bool names_strongly(std::string_view list, std::string_view tag) {
    return names(list, tag, false);
}

}  // namespace cloister::site
