// SPDX-License-Identifier: MIT
#include "press/compressible.h"

#include <algorithm>
#include <array>

#include "base/limits.h"

namespace cloister::press {

namespace {

using base::limits::mib;

// With one "*", which stands for anything.
constexpr std::array<std::string_view, 21> types = {
    "text/*",
    "*+json",                         // RFC 6839 3.1
    "*+xml",                          // RFC 7303; SVG too
    "application/json",               //
    "application/xml",                //
    "application/xml-dtd",            //
    "application/yaml",               //
    "application/toml",               //
    "application/sql",                //
    "application/n-triples",          //
    "application/postscript",         //
    "application/rtf",                //
    "application/x-sh",               // text, whatever it is called
    "application/vnd.apple.mpegurl",  // play lists
    "application/wasm",               // code; halves
    "application/vnd.ms-fontobject",  // as the two below
    "font/ttf",                       // tables of numbers; woff and woff2 are these, compressed
    "font/otf",                       //
    "image/bmp",                      // pixels as they are
    "image/vnd.microsoft.icon",       // the same, mostly
    "model/*",                        // numbers as text, or as they are
};

bool matches(std::string_view pattern, std::string_view type) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) {
        return type == pattern;
    }
    return type.starts_with(pattern.substr(0, star)) && type.ends_with(pattern.substr(star + 1));
}

// Seconds of one core (AMD EPYC, 2026) for a MiB of python3-doc, and what remains of it:
//     brotli 11  1.12  13.4 %      gzip 9  0.035  17.4 %
//     brotli 10  0.42  13.7 %      gzip 6  0.018  17.6 %
//     brotli 9   0.027 15.1 %      gzip 4  0.009  18.8 %
//     brotli 5   0.017 15.6 %
// A restart is a reload, so it must stay short: 3 MiB take 0.2 s of a core, and not 3.
constexpr Strength of_a_start = {.brotli = 9, .gzip = 9};       // 16 s for 256 MiB
constexpr Strength of_a_long_start = {.brotli = 5, .gzip = 6};  // 9 s for as much
constexpr std::uint64_t long_start_bytes = 256 * mib;

}  // namespace

bool is_compressible(std::string_view media_type) {
    const std::string_view type = media_type.substr(0, media_type.find(';'));
    // A form of text that archives are made in (RFC 8091 and others name "+zip" and "+gzip").
    return !type.ends_with("+zip") && !type.ends_with("+gzip") &&
           std::any_of(types.begin(), types.end(),
                       [&](std::string_view pattern) { return matches(pattern, type); });
}

Strength strength_for(std::uint64_t bytes) {
    return bytes <= long_start_bytes ? of_a_start : of_a_long_start;
}

}  // namespace cloister::press
