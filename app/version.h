// SPDX-License-Identifier: MIT
// What this program is made of. A program that links its libraries statically is the only one that
// can say which are in it, and an administrator must know that when one of them has a hole.
#pragma once

#include <string>

namespace cloister {

// One line each: ours, the C library (gnu_get_libc_version(3)), OpenSSL, nghttp2.
[[nodiscard]] std::string version_text();

}  // namespace cloister
