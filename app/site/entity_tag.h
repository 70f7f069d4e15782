// SPDX-License-Identifier: MIT
// Entity tags (RFC 9110 8.8.3) and the lists of them in preconditions.
#pragma once

#include <string_view>

namespace cloister::site {

// True if `list`, the value of an If-None-Match field (RFC 9110 13.1.2), names `tag`, in the weak
// comparison, or is "*". `tag` has its quotes.
bool names_weakly(std::string_view list, std::string_view tag);

// The same for If-Match (RFC 9110 13.1.1), in the strong comparison: a weak tag names nothing.
bool names_strongly(std::string_view list, std::string_view tag);

}  // namespace cloister::site
