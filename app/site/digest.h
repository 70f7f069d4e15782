// SPDX-License-Identifier: MIT
// What tells contents apart: XXH64, as its specification has it (github.com/Cyan4973/xxHash,
// doc/xxhash_spec.md), with seed 0. Gigabytes a second, on every machine the same number. No secret
// and no signature: who publishes a site makes its contents.
#pragma once

#include <cstdint>
#include <string_view>

namespace cloister::site {

std::uint64_t digest_of(std::string_view content);

}  // namespace cloister::site
