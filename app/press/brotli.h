// SPDX-License-Identifier: MIT
// Brotli (RFC 7932), by libbrotli, which no other file includes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "press/workspace.h"

namespace cloister::press {

// `content`, compressed; nothing if that takes more than `most` bytes. `quality`: 0 to 11; the same
// content and quality make the same bytes. Throws std::bad_alloc.
std::optional<std::string> compress_brotli(std::string_view content, int quality, std::size_t most,
                                           Workspace& workspace);

// True if `coded` is brotli of exactly `content`. Decompresses no more than that is long.
bool is_brotli_of(std::string_view coded, std::string_view content);

}  // namespace cloister::press
