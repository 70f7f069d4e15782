// SPDX-License-Identifier: MIT
// Makes nghttp2's sessions: which events it reports, what it offers the peer and what it bears.
#pragma once

#include <nghttp2/nghttp2.h>

namespace cloister::http {

class Http2;

// A session that reports to `owner`, which outlives it; its SETTINGS are queued. Throws
// std::bad_alloc.
nghttp2_session* make_library_session(Http2& owner);

// What nghttp2_submit_response() needs to ask Http2 for the body of `stream`, an Http2::Stream.
nghttp2_data_provider body_provider(void* stream);

}  // namespace cloister::http
