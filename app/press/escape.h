// SPDX-License-Identifier: MIT
// A decoded path as it is sent in a Location (RFC 3986 2.1 and 3.3).
#pragma once

#include <string>
#include <string_view>

namespace cloister::press {

// Every byte is escaped that may not stand in a path as it is; slashes stay.
std::string escaped_path(std::string_view path);

}  // namespace cloister::press
