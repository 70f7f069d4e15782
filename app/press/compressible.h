// SPDX-License-Identifier: MIT
// Which files are compressed, and how strongly: what it costs a start, against what it saves each
// reader.
#pragma once

#include <cstdint>
#include <string_view>

namespace cloister::press {

// True if content of this media type (with or without parameters) usually becomes smaller; most
// that is not text is compressed already.
bool is_compressible(std::string_view media_type);

// What brotli and gzip take as their quality and level.
struct Strength {
    int brotli = 0;
    int gzip = 0;
};

// The strength for a site that has `bytes` to compress while it is started: less for very many. It
// depends on the site alone: every machine that serves it makes the same bytes, and so the same
// tags.
Strength strength_for(std::uint64_t bytes);

// For an image, which is made once.
constexpr Strength full_strength = {.brotli = 11, .gzip = 9};

}  // namespace cloister::press
