// SPDX-License-Identifier: MIT
#include "press/caching.h"

#include <algorithm>
#include <array>

namespace cloister::press {

namespace {

constexpr std::string_view revalidated = "no-cache";
constexpr std::string_view immutable = "public, max-age=31536000, immutable";

// What pages are made of. Not JSON: Nuxt, for one, has a builds/latest.json among its hashes.
constexpr std::array<std::string_view, 7> parts_of_pages = {
    "text/javascript", "text/css", "application/wasm", "font/", "image/", "audio/", "video/",
};

// Folders where a framework puts nothing but what it names by content or by build, and says that
// servers may call it immutable.
constexpr std::array<std::string_view, 4> folders_of_tools = {
    "/_app/immutable/",  // SvelteKit
    "/_astro/",          // Astro
    "/_next/static/",    // Next.js
    "/_nuxt/",           // Nuxt
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

template <class Test>
bool all(std::string_view text, Test test) {
    return std::all_of(text.begin(), text.end(), test);
}

template <class Test>
bool any(std::string_view text, Test test) {
    return std::any_of(text.begin(), text.end(), test);
}

// "Chapter1" has none, nor has "RELEASE2": people put numbers behind words.
bool has_digit_before_letter(std::string_view text) {
    const auto at = std::adjacent_find(text.begin(), text.end(), [](char left, char right) {
        return is_digit(left) && !is_digit(right);
    });
    return at != text.end();
}

// How often capitals, small letters and digits take turns: "Retina2x" 3 times.
std::size_t turns(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        count +=
            is_digit(text[i]) != is_digit(text[i - 1]) || is_upper(text[i]) != is_upper(text[i - 1])
                ? 1U
                : 0U;
    }
    return count;
}

// webpack, Parcel, Hugo, Gatsby, Rails, Django, Sphinx: a digest, or 8 digits of it and more. A
// date is digits alone, and a word has none.
bool is_hexadecimal(std::string_view text) {
    return text.size() >= 8 &&
           all(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }) &&
           any(text, is_digit) && any(text, is_lower);
}

// esbuild, Angular: 8 of the alphabet of RFC 4648 6.
bool is_base32(std::string_view text) {
    return text.size() == 8 &&
           all(text, [](char c) { return is_upper(c) || (c >= '2' && c <= '7'); }) &&
           has_digit_before_letter(text);
}

// Rollup, Vite: 8 of the alphabet of RFC 4648 5. Without '-' and '_', which part words as well.
bool is_base64(std::string_view text) {
    return text.size() == 8 &&
           all(text, [](char c) { return is_digit(c) || is_upper(c) || is_lower(c); }) &&
           any(text, is_upper) && any(text, is_lower) && has_digit_before_letter(text) &&
           turns(text) >= 4;
}

// 8-4-4-4-12 hexadecimal digits (RFC 9562 4): a name that was drawn, not computed; what it names
// may change.
bool ends_as_uuid(std::string_view name) {
    constexpr std::size_t length = 36;
    if (name.size() < length) {
        return false;
    }
    const std::string_view uuid = name.substr(name.size() - length);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        if (uuid[dash] != '-') {
            return false;
        }
    }
    return all(uuid, [](char c) { return c == '-' || is_digit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace

bool is_fingerprinted(std::string_view name) {
    std::size_t end = name.rfind('.');
    for (const std::string_view mark : {".min", ".chunk", ".bundle", ".module"}) {
        if (end != std::string_view::npos && name.substr(0, end).ends_with(mark)) {
            end -= mark.size();
        }
    }
    if (end == std::string_view::npos || end == 0) {
        return false;
    }
    const std::string_view stem = name.substr(0, end);
    const std::string_view last = stem.substr(stem.find_last_of(".-_") + 1);
    return !ends_as_uuid(stem) && (is_hexadecimal(last) || is_base32(last) || is_base64(last));
}

std::string_view cache_control(std::string_view path, std::string_view media_type) {
    const auto is_part = [&](std::string_view type) { return media_type.starts_with(type); };
    const auto lies_in = [&](std::string_view folder) {
        return path.find(folder) != std::string_view::npos;
    };
    const bool named_by_content =
        std::any_of(folders_of_tools.begin(), folders_of_tools.end(), lies_in) ||
        is_fingerprinted(path.substr(path.rfind('/') + 1));
    return named_by_content && std::any_of(parts_of_pages.begin(), parts_of_pages.end(), is_part)
               ? immutable
               : revalidated;
}

}  // namespace cloister::press
