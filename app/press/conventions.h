// SPDX-License-Identifier: MIT
// What people expect of a folder that is published: index.html, 404.html, and a media type.
#pragma once

#include "press/draft.h"

namespace cloister::press {

// Gives every answer its Content-Type by its asset's name. /docs/index.html is answered at /docs/
// too, and /docs leads there; the root's 404.html answers, with that status, for what the site has
// not.
void apply_conventions(Draft& draft);

}  // namespace cloister::press
