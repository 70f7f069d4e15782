// SPDX-License-Identifier: MIT
// gzip (RFC 1952), by zlib, which no other file includes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cloister::press {

// `content`, compressed; nothing if that takes more than `most` bytes. `level`: 1 to 9; the same
// content and level make the same bytes. Throws std::bad_alloc.
std::optional<std::string> compress_gzip(std::string_view content, int level, std::size_t most);

// True if `coded` is gzip of exactly `content`, in one member: some clients read no second one.
// Decompresses no more than that is long.
bool is_gzip_of(std::string_view coded, std::string_view content);

}  // namespace cloister::press
