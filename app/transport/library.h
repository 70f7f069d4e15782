// SPDX-License-Identifier: MIT
// Which TLS library is in this process.
#pragma once

#include <string_view>

namespace cloister::transport {

// As the library itself says at run time, "OpenSSL 3.0.20 7 Apr 2026"; OpenSSL_version(3).
[[nodiscard]] std::string_view library();

}  // namespace cloister::transport
