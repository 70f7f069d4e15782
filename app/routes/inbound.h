// SPDX-License-Identifier: MIT
// The way in: which requests handlers may see at all, and what of a request they see.
#pragma once

#include <httplib.h>

#include <optional>

#include "http/message.h"
#include "routes/query.h"

namespace cloister::routes {

// The answer to a request that cpp-httplib must not get, or nothing if it may:
//   414 for a path above limits::route_path_bytes, since routes are regular expressions that
//   recurse once a byte; 415 for a body with Content-Encoding, since cpp-httplib inflates without
//   bound (CVE-2026-22776); 415 for multipart/form-data unless the program allows it, with a text
//   that names the switch; 501 for TRACE and CONNECT, which no route can have.
std::optional<http::Response> refusal(const http::Request& request, bool multipart_allowed);

// Writes all that handlers see of `from` into `to`, whatever it held before; the body follows by
// BodyStream. Withheld are the fields that frame the message or the connection, those by which
// cpp-httplib would cut or compress an answer behind our back (Range, Accept-Encoding), and
// REMOTE_* and LOCAL_*, by which a client could pass for another (CVE-2025-66577). Host is the
// authority the request was really for, over HTTP/2 as well. Peers on a unix socket have the
// address "" and port 0.
void hand_over(const http::Request& from, const Parameters& parameters, httplib::Request& to);

}  // namespace cloister::routes
