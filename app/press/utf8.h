// SPDX-License-Identifier: MIT
// Whether bytes are UTF-8 (RFC 3629).
#pragma once

#include <string_view>

namespace cloister::press {

// True for shortest forms of what Unicode has, surrogates not among them.
bool is_utf8(std::string_view bytes);

// The same for the beginning of something: a last character may be cut off.
bool begins_as_utf8(std::string_view bytes);

}  // namespace cloister::press
