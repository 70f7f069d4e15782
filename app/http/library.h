// SPDX-License-Identifier: MIT
// Which HTTP/2 library is in this process.
#pragma once

#include <string>

namespace cloister::http {

// As the library itself says at run time, "nghttp2 1.52.0".
[[nodiscard]] std::string library();

}  // namespace cloister::http
