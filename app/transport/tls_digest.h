// SPDX-License-Identifier: MIT
// A name for bytes, by which two people can tell that they look at the same.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace cloister::transport {

// SHA-256 (FIPS 180-4) of `bytes`, as 64 hexadecimal digits. Throws std::runtime_error if OpenSSL
// has no such digest.
std::string sha256_text(std::span<const std::byte> bytes);

}  // namespace cloister::transport
