// SPDX-License-Identifier: MIT
// The page of a server that has nothing of its own to show yet.
#pragma once

#include <string_view>

#include "http/message.h"

namespace cloister {

// Answers GET and HEAD of "/" with "Hello World!", what Cloister is, how confined this process is
// (`confinement`, plain text), and what to do next; other methods with 405, other paths with 404.
// The page needs nothing from elsewhere and forbids itself to load it.
http::Response respond_welcome(const http::Request& request, std::string_view confinement);

}  // namespace cloister
