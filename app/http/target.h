// SPDX-License-Identifier: MIT
// The request target (RFC 9112 3.2) and the host it is for.
#pragma once

#include <string_view>

#include "http/message.h"

namespace cloister::http {

// Sets method and all that parse_target() sets. `method` is a token. Returns 0, or the status to
// refuse with: 414 for a target longer than limits::target_bytes, 501 for an unknown method, 400
// for a target that is not valid.
int parse_method_and_target(std::string_view method, std::string_view target, Request& request);

// Sets target, path, query and, for the absolute form, authority of `request`, whose method is set
// already. `target` is what stood in the request line. False if it is none of the four forms, or
// its path has a malformed escape, an encoded control byte, or climbs above the root.
bool parse_target(std::string_view target, Request& request);

// True for uri-host [ ":" port ] with a host that is not empty (RFC 9110 7.2).
bool is_authority(std::string_view text);

}  // namespace cloister::http
