// SPDX-License-Identifier: MIT
#include "press/caching.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cloister::press {
namespace {

constexpr std::string_view immutable = "public, max-age=31536000, immutable";
constexpr std::string_view revalidated = "no-cache";

TEST(Fingerprint, IsSeenWhereABuildToolPutsIt) {
    const std::string digest = "4f9d8b3c2a1e0f9d8b3c2a1e0f9d8b3c2a1e0f9d8b3c2a1e0f9d8b3c2a1e0f9d";
    const std::vector<std::string> names = {
        "app.3f2a9c1b.js",                  // webpack, Parcel
        "0.8c1d3f0e9b.chunk.js",            // webpack
        "main.27e20196a850.css",            // Django
        "commons-0f1ac0f1ac0f1ac0f1ac.js",  // Gatsby
        "application-" + digest + ".js",    // Rails
        "main.min." + digest + ".css",      // Hugo
        "main-2QWYX5KD.js",                 // esbuild, Angular
        "index-Bk3dX9kP.js",                // Vite
        "main.8c1d3f0e9b.min.js",
        "8c1d3f0e9b.css",
        "logo_8c1d3f0e9b.svg",
    };
    for (const std::string& name : names) {
        EXPECT_TRUE(is_fingerprinted(name)) << name;
    }
}

TEST(Fingerprint, IsNotSeenInWhatPeopleWrite) {
    for (const std::string_view name : {"app.js",
                                        "jquery-3.6.0.min.js",
                                        "report-20240115.png",
                                        "photo_20240115_093012.jpg",
                                        "IMG_20240115.jpg",
                                        "facade.jpg",
                                        "deadbeef.jpg",
                                        "book-Chapter1.png",
                                        "fig-Figure12.png",
                                        "logo-Retina2x.png",
                                        "RELEASE2.png",
                                        "VERSIONS.png",
                                        "lib-Carousel.js",
                                        "lib-MyAppBar.js",
                                        "lib-markdown.js",
                                        "1234567890123456.jpg",
                                        "3f2a9c1.js",
                                        "emoji-1f468-200d-1f469.png",
                                        "550e8400-e29b-41d4-a716-446655440abc.png",
                                        "a-550e8400-e29b-41d4-a716-446655440abc.png",
                                        "3f2a9c1b",
                                        ".3f2a9c1b",
                                        "3F2A9C1B.jpg",
                                        "",
                                        ".",
                                        "..",
                                        ".min.js",
                                        "-.js"}) {
        EXPECT_FALSE(is_fingerprinted(name)) << name;
    }
}

TEST(CacheControl, KeepsFingerprintedPartsOfPagesForAYear) {
    EXPECT_EQ(cache_control("/assets/app.3f2a9c1b.js", "text/javascript"), immutable);
    EXPECT_EQ(cache_control("/a.3f2a9c1b.woff2", "font/woff2"), immutable);
    EXPECT_EQ(cache_control("/a.3f2a9c1b.png", "image/png"), immutable);
}

TEST(CacheControl, AsksAgainForPagesAndData) {
    EXPECT_EQ(cache_control("/a.3f2a9c1b.html", "text/html"), revalidated);
    EXPECT_EQ(cache_control("/a.3f2a9c1b.json", "application/json"), revalidated);
    EXPECT_EQ(cache_control("/a.3f2a9c1b.pdf", "application/pdf"), revalidated);
    EXPECT_EQ(cache_control("/", "text/html"), revalidated);
}

TEST(CacheControl, AsksAgainForWhatHasNoFingerprint) {
    EXPECT_EQ(cache_control("/app.js", "text/javascript"), revalidated);
    EXPECT_EQ(cache_control("/3f2a9c1b/app.js", "text/javascript"), revalidated);
}

TEST(CacheControl, TrustsTheFoldersOfTools) {
    EXPECT_EQ(cache_control("/_next/static/x/_buildManifest.js", "text/javascript"), immutable);
    EXPECT_EQ(cache_control("/docs/_astro/index.DmX_kq-_.css", "text/css"), immutable);
    EXPECT_EQ(cache_control("/_app/immutable/entry/start.js", "text/javascript"), immutable);
    EXPECT_EQ(cache_control("/_app/version.js", "text/javascript"), revalidated);
    EXPECT_EQ(cache_control("/_nuxt/builds/latest.json", "application/json"), revalidated);
}

}  // namespace
}  // namespace cloister::press
