// SPDX-License-Identifier: MIT
// The target of a rule in _redirects, made into what site/expand.h reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "press/path_pattern.h"

namespace cloister::press {

// Makes a target of `text`, which begins with a slash, "http://" or "https://". `names` are those
// of the rule's captures; a reference to any other is refused. `is_page`: of this site, to be found
// under its decoded path. Calls `refuse`, which throws, for a page of another host, a reference
// within a host, a malformed escape, and "//host".
std::string compile_target(std::string_view text, const std::vector<std::string>& names,
                           bool is_page, const Refuse& refuse);

}  // namespace cloister::press
