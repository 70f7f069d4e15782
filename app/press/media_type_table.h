// SPDX-License-Identifier: MIT
// The media types that are registered, and some that are only usual: made of Debian's table when
// Cloister is built (integration/cmake/media_types.cmake).
#pragma once

#include <span>
#include <string_view>

namespace cloister::press {

struct MediaType {
    std::string_view extension;  // in lower case, without its first dot; "tar.gz" has one within
    std::string_view type;       // without parameters
};

// Sorted by extension, each once.
std::span<const MediaType> registered_types();

}  // namespace cloister::press
