// SPDX-License-Identifier: MIT
// The page of a server that has nothing of its own to show yet.
#pragma once

#include <string>

#include "routes/app.h"

namespace cloister::routes {

// Answers GET / with "Hello World!", what Cloister is, how confined this process is, and what to do
// next. The page needs nothing from elsewhere and forbids itself to load it. `confinement` is plain
// text, read anew for each request; it outlives `app` and is not changed while the server runs.
void add_welcome(App& app, const std::string& confinement);

}  // namespace cloister::routes
