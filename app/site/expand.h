// SPDX-License-Identifier: MIT
// Where a redirect leads: a text with references to what the marks of a pattern stood for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "site/pattern.h"

namespace cloister::site {

// In a target, placeholder_mark and the byte first_reference + N stand for the capture of number N.
constexpr char first_reference = 'A';

// What an answer says in its Location. `target` is a URI reference, escaped; what it refers to is
// escaped for its place, a path or a query, so that it ends neither. Captures from number
// `first_raw` on are of a query and as sent, those before it decoded. `query` is as sent, and put
// where the target has no query of its own. A target that begins with a slash keeps to this host:
// slashes in a row become one, because "//host" would lead to another (RFC 3986 4.2).
std::string expand_location(std::string_view target, const Captures& captures,
                            std::size_t first_raw, std::string_view query);

// A path of this site, decoded. `target` is one, too.
std::string expand_path(std::string_view target, const Captures& captures, std::size_t first_raw);

}  // namespace cloister::site
