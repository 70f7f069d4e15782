// SPDX-License-Identifier: MIT
// The step that lists the folders of a site that have no index.html.
#pragma once

#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// Gives each such folder a page at its path, and the same as index.json beside it unless there is
// a file of that name. What is private is not listed; nor is /.well-known, where programs ask by
// name. Comes before apply_conventions(). Throws std::system_error.
void add_listings(Draft& draft, Store& store);

}  // namespace cloister::press
