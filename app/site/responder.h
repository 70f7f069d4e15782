// SPDX-License-Identifier: MIT
// All policy of static answers: methods, codings, preconditions, ranges, redirects (RFC
// 9110 9 and 12 to 14).
#pragma once

#include <optional>

#include "http/message.h"
#include "site/site.h"

namespace cloister::site {

// Answers `request` from `site`; nothing if the host that was asked for has no such path, whatever
// its redirects say: routes come before them. What a forced redirect says comes before a file. A
// host that nobody answers for gets 421 (RFC 9110 15.5.20). The answer borrows from the site, which
// must outlive it.
std::optional<http::Response> respond(const Site& site, const http::Request& request);

// The answer for a path that nobody has: what a redirect says of it, or the fallback of its folder,
// as a 404 page is one, or a plain line.
http::Response respond_not_found(const Site& site, const http::Request& request);

}  // namespace cloister::site
