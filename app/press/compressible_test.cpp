// SPDX-License-Identifier: MIT
#include "press/compressible.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace cloister::press {
namespace {

using base::limits::mib;

TEST(Compressible, IsWhatIsTextOrNumbersAsTheyAre) {
    for (const std::string_view type :
         {"text/html", "text/html; charset=utf-8", "text/css;charset=utf-8", "application/json",
          "application/ld+json", "image/svg+xml", "application/wasm", "font/ttf", "image/bmp",
          "model/gltf-binary", "application/xml"}) {
        EXPECT_TRUE(is_compressible(type)) << type;
    }
}

TEST(Compressible, IsNotWhatIsCompressedAlready) {
    for (const std::string_view type :
         {"image/png", "image/jpeg", "image/webp", "font/woff", "font/woff2", "application/gzip",
          "application/zip", "application/pdf", "video/mp4", "audio/mpeg", "application/zstd",
          "application/octet-stream", "model/step-xml+zip", "application/epub+zip", "", "text",
          "application/jsonx"}) {
        EXPECT_FALSE(is_compressible(type)) << type;
    }
}

TEST(Strength, IsLessForMore) {
    Strength before = full_strength;
    for (const std::uint64_t bytes : {0 * mib, 256 * mib, 256 * mib + 1, 1024 * 1024 * mib}) {
        const Strength strength = strength_for(bytes);
        EXPECT_LE(strength.brotli, before.brotli) << bytes;
        EXPECT_LE(strength.gzip, before.gzip) << bytes;
        EXPECT_GE(strength.gzip, 1) << bytes;
        before = strength;
    }
    EXPECT_LT(strength_for(256 * mib + 1).brotli, strength_for(256 * mib).brotli);
}

// A restart must stay short: the highest quality takes forty times as long.
TEST(Strength, OfAStartIsNotThatOfAnImage) {
    EXPECT_LT(strength_for(1).brotli, full_strength.brotli);
}

}  // namespace
}  // namespace cloister::press
