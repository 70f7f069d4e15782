// SPDX-License-Identifier: MIT
// How long a file may be kept by those who have got it (RFC 9111 5.2.2), unless a _headers file
// says otherwise.
#pragma once

#include <string_view>

namespace cloister::press {

// The value of Cache-Control for the file at `path`, which begins with a slash. A file whose name
// says what it contains never changes (RFC 8246); every other is asked for again each time, which
// costs a 304.
//
// Whoever takes a name for more than it is serves old files for a year, so only parts of pages
// count, never pages, and only names that no person would choose. Who takes it for less costs a
// question.
std::string_view cache_control(std::string_view path, std::string_view media_type);

// True if `name` has, before its extension, what a build tool made of its content.
bool is_fingerprinted(std::string_view name);

}  // namespace cloister::press
