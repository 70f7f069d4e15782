// SPDX-License-Identifier: MIT
// The two hashes of an image. Neither is a secret or a signature: one finds paths, one tells
// contents apart, and notices damage.
#pragma once

#include <array>
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

// The same of bytes that come in parts.
class Checksum {
  public:
    Checksum();

    // Each part but the last has a multiple of 32 bytes.
    void add(std::string_view part);

    // Of all that was added.
    [[nodiscard]] std::uint64_t value() const;

  private:
    std::array<std::uint64_t, 4> lanes_;
    std::uint64_t size_ = 0;       // bytes that were added
    std::array<char, 32> rest_{};  // the last size_ % 32 of them
};

}  // namespace cloister::site
