// SPDX-License-Identifier: MIT
// Lists of entity tags come from the client: the strong comparison names no more than the weak one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "site/entity_tag.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    const std::string_view list(reinterpret_cast<const char*>(data), length);
    constexpr std::string_view tag = "\"a\"";
    const bool weakly = cloister::site::names_weakly(list, tag);
    const bool strongly = cloister::site::names_strongly(list, tag);
    const bool possible = list == "*" || list.find(tag) != std::string_view::npos;
    if ((strongly && !weakly) || (weakly && !possible)) {
        std::abort();
    }
    return 0;
}
