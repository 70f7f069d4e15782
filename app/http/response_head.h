// SPDX-License-Identifier: MIT
// Status line and fields of an HTTP/1.1 response (RFC 9112 4 and 5).
#pragma once

#include <string_view>

#include "base/output.h"
#include "http/message.h"

namespace cloister::http {

// What the session decides about a response, whatever the handler says.
struct Persistence {
    bool close = false;     // "Connection: close"
    bool http_1_0 = false;  // a 1.0 client is told when the connection stays open
};

// True if no field of the response's own could end its line early (CR, LF, NUL), every name is a
// token and none frames the message (Content-Length, Transfer-Encoding, Connection), and the status
// is one a handler may give. Shared fields are checked when the site is opened.
bool is_well_formed(const Response& response);

// True if a response of this status has no body and no Content-Length (RFC 9110 8.6).
bool is_bodiless(int status);

// Appends status line, Date, the fields, Content-Length and Connection, and the empty line.
void append_response_head(const Response& response, std::string_view date, Persistence persistence,
                          base::Output& output);

}  // namespace cloister::http
