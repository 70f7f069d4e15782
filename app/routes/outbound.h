// SPDX-License-Identifier: MIT
// The way out: what a handler has put into a cpp-httplib response becomes an answer that a session
// can send.
#pragma once

#include <httplib.h>

#include "routes/outcome.h"

namespace cloister::routes {

// Takes status, fields and body out of `response` (`keep_body` copies the body instead of moving
// it). A content provider runs here, to its end, while all that its handler lent it still exists;
// its resource releaser runs when `response` goes and is told whether it succeeded. Let pass are
// exceptions of the provider; a failed() outcome comes of
//   a provider that gives up, or makes other than its length, or above limits::provided_body_bytes;
//   a status outside 200 to 599;
//   a field whose name is no token or whose value holds a control byte: a split message (RFC
//   9112 11.1).
// Dropped are the fields that belong to the session (Connection, Content-Length, Date, ...) and
// Accept-Ranges, which cpp-httplib adds for HEAD though no Range ever reaches a route.
Outcome take(httplib::Response& response, bool keep_body);

}  // namespace cloister::routes
