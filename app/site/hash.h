// SPDX-License-Identifier: MIT
// The two hashes of an image. Neither is a secret or a signature: one finds paths, one tells
// contents apart, and notices damage.
#pragma once

#include <cstdint>
#include <string_view>

namespace cloister::site {

// Where a path is looked for. Only its maker puts paths into a site, so a stranger who knows the
// function gains nothing by it.
std::uint64_t hash_of(std::string_view path);

// Differs when bytes have been changed by anything but intent; on every machine the same number,
// which tags are made of. XXH64 with seed 0, as its specification has it
// (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
std::uint64_t checksum_of(std::string_view bytes);

}  // namespace cloister::site
