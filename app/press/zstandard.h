// SPDX-License-Identifier: MIT
// The head of a Zstandard frame (RFC 8878 3.1.1): as much of it as shows, without that library,
// whether a frame can be what browsers are to be sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cloister::press {

struct ZstandardFrame {
    std::uint64_t window = 0;                   // bytes of memory that the reader needs
    std::optional<std::uint64_t> content_size;  // bytes, if the frame says so
    bool needs_dictionary = false;
    bool has_checksum = false;  // its last 4 bytes: the lower half of XXH64 of the content
};

// The frame that `coded` begins with; nothing if it begins with none.
std::optional<ZstandardFrame> read_zstandard_head(std::string_view coded);

}  // namespace cloister::press
