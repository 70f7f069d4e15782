// SPDX-License-Identifier: MIT
// The path of a rule, as written in _headers and _redirects, made into a pattern (site/pattern.h).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cloister::press {

struct PathPattern {
    std::string pattern;             // see site/pattern.h
    std::vector<std::string> names;  // of its captures, in their order; the splat's is "splat"
};

// Says what is wrong with a rule, and does not come back.
using Refuse = std::function<void(const std::string& what)>;

// Makes a pattern of `path`, which begins with a slash and is escaped as in a URI, so that "%3A"
// means a colon and "%2A" an asterisk. '*' is the splat, ":name" a placeholder
// ([A-Za-z][A-Za-z0-9_]*). Calls `refuse`, which throws, for a path that has two splats, two equal
// names, two placeholders in one segment, or one beside the splat; that could never be asked for;
// or that has more than limits::capture_count of them.
PathPattern compile_path(std::string_view path, const Refuse& refuse);

// The number of the capture that a reference ":name" at the beginning of `text` is to, or npos if
// there is none such; `length` is how much of the text the colon and the name take, 0 if that is no
// reference at all.
std::size_t read_reference(std::string_view text, const std::vector<std::string>& names,
                           std::size_t& length);

}  // namespace cloister::press
