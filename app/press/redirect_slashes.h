// SPDX-License-Identifier: MIT
// Which rules of a _redirects file mean the slash at the end of their path.
#pragma once

#include <vector>

#include "press/redirects_file.h"

namespace cloister::press {

// A slash at the end counts for nothing, as with Netlify. But where there are rules for "/a" and
// for
// "/a/", as with Cloudflare, each is meant to the letter: sets RedirectRule::slash of those.
void tell_slashes_apart(std::vector<RedirectRule>& rules);

}  // namespace cloister::press
