// SPDX-License-Identifier: MIT
// Which media type a file has, by its name (RFC 9110 8.3).
#pragma once

#include <string_view>

namespace cloister::site {

// "text/html; charset=utf-8" for "index.html"; "application/octet-stream" for an extension nobody
// knows. ASCII case of the extension does not matter.
std::string_view media_type(std::string_view file_name);

}  // namespace cloister::site
