// SPDX-License-Identifier: MIT
// Answers with parts of a representation (RFC 9110 14 and 15.3.7).
#pragma once

#include <span>

#include "http/message.h"
#include "site/ranges.h"
#include "site/site.h"

namespace cloister::site {

// The 206 with `parts` of `whole`, at least one: a single one as it is, several as
// multipart/byteranges (RFC 9110 14.6). Without the fields that are added over TLS.
http::Response answer_with_parts(const Site& site, const Variant& whole,
                                 std::span<const Part> parts);

}  // namespace cloister::site
