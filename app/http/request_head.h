// SPDX-License-Identifier: MIT
// The strict gate before everything else: a head that is not exactly RFC 9112 is refused, and the
// connection with it. What passes has one meaning only, so no second reader can be made to see
// another (request smuggling).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace cloister::http {

// Where the message ends and whether the connection goes on (RFC 9112 6 and 9.3).
struct Framing {
    std::uint64_t content_length = 0;  // bytes of body, unless chunked
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;  // RFC 9110 10.1.1
    bool http_1_0 = false;
    bool head_only = false;  // the method is HEAD: the answer has no body

    [[nodiscard]] bool has_body() const { return chunked || content_length != 0; }
};

// Progress of the search for the end of one head, kept between reads so that no byte is looked at
// twice.
struct HeadScan {
    std::size_t scanned = 0;  // bytes of whole lines seen
    bool request_line_checked = false;
};

// A head's end, or that it has not come yet, or that it never needs to.
struct HeadEnd {
    std::size_t length = 0;  // bytes of the head with its empty line; 0: not yet
    int refused = 0;         // a status: what came cannot become a request
};

// Looks for the end of the head at the beginning of `input`, which holds the same bytes as last
// time and more. Refuses early what can already be told: a bare LF, a malformed request line, a
// head above its limits.
HeadEnd find_head_end(std::string_view input, HeadScan& scan);

// Parses `head`, which ends in its empty line, into `request` (cleared; its views point into
// `head`) and `framing`. Returns 0, or the status to refuse it with: 400, 414, 417, 431, 501 or
// 505.
int parse_request_head(std::string_view head, Request& request, Framing& framing);

}  // namespace cloister::http
