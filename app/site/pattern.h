// SPDX-License-Identifier: MIT
// Patterns of paths, as the files _headers and _redirects have them. The layer press makes them
// ready: flat bytes, which mean themselves but for two marks, so that they can lie in an image and
// matching needs neither memory nor recursion.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/limits.h"

namespace cloister::site {

// Stand for what varies; no decoded path has a control byte.
constexpr char splat_mark = '\x01';        // any bytes, slashes too, or none; one in a pattern
constexpr char placeholder_mark = '\x02';  // at least one byte, no slash; one in a segment, and
                                           // none in the segment of the splat

// What the marks of a pattern stood for, in their order. The values are views of the path.
struct Captures {
    std::array<std::string_view, base::limits::capture_count> values;
    std::size_t count = 0;
};

// Whether `pattern` describes the whole of `path`, which is decoded; fills `captures` if it does.
// A slash at the end of either does not count, unless a splat is what the pattern ends in; with
// that, "/news/*" describes "/news" too. A pattern that press would not have made describes
// something or other. Takes a time proportional to both lengths.
bool matches(std::string_view pattern, std::string_view path, Captures& captures);

// Whether a pattern describes one path only, but for the slash at its end.
constexpr bool is_exact(std::string_view pattern) {
    return pattern.find(splat_mark) == std::string_view::npos &&
           pattern.find(placeholder_mark) == std::string_view::npos;
}

// A path without the slash at its end; "/" has none to lose.
constexpr std::string_view without_slash(std::string_view path) {
    return path.size() > 1 && path.back() == '/' ? path.substr(0, path.size() - 1) : path;
}

}  // namespace cloister::site
