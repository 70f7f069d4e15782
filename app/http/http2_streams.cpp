// SPDX-License-Identifier: MIT
// The requests of an HTTP/2 connection: from a header block to a handler.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "http/http2.h"

namespace cloister::http {

namespace limits = base::limits;

// --- Heads

// Also of trailers, which are counted alike.
void Http2::begin_head(std::uint32_t id) {
    open_head_ = id;
    block_.clear();
}

void Http2::end_head(std::uint32_t id, bool ends_stream) {
    open_head_ = 0;
    ++request_count_;
    Stream& stream = open_stream(id);
    Request& request = turn_->scratch;
    BlockFraming framing;
    const int refused = block_.finish(secure_, request, framing);
    stream.head_only = framing.head_only;
    if (refused != 0) {
        refuse(stream, refused);
        return;
    }
    request.peer = peer_;
    if (std::optional<Response> response = turn_->handler.immediate(request)) {
        respond(stream, std::move(*response));
    } else {
        dispatch(stream, std::move(request).detached(), framing, ends_stream);
    }
}

// Passes a request on to a worker, now or when its body has come.
void Http2::dispatch(Stream& stream, Request&& request, const BlockFraming& framing, bool whole) {
    if (whole) {
        defer(stream, std::move(request));
        return;
    }
    if (framing.content_length.value_or(0) > limits::body_bytes) {
        refuse(stream, 413);
        return;
    }
    stream.request = std::move(request);
    grant_upload();
    if (framing.expects_continue) {
        invite(stream);
    }
}

void Http2::defer(Stream& stream, Request request) {
    // Streams that the peer has reset no longer count for the library, but still occupy a worker.
    if (working_count_ >= limits::stream_count) {
        refuse(stream, 503);
        return;
    }
    ++working_count_;
    enter(stream, Step::working);
    turn_->deferred.push_back({.stream = stream.id, .request = std::move(request)});
}

// --- Bodies

void Http2::take_body(Stream& stream, std::string_view bytes) {
    if (stream.step != Step::body) {
        return;  // It has its answer already.
    }
    if (stream.request.body.size() + bytes.size() > limits::body_bytes) {
        stream.request = {};
        refuse(stream, 413);
        return;
    }
    stream.request.body += bytes;
    if (stream.id == upload_) {
        // The limit above bounds it now. A window that ended there too would end earlier for a
        // client that pads its frames, and never open again.
        nghttp2_session_consume_stream(session_.get(), static_cast<std::int32_t>(stream.id),
                                       bytes.size());
    }
}

void Http2::end_body(Stream& stream) {
    if (stream.step == Step::body) {
        defer(stream, std::exchange(stream.request, {}));
    }
}

// Bodies that fit into a stream's first window come side by side. Of the larger ones one at a time
// is granted the rest, the oldest first: so a connection can pile up one large body and no more.
void Http2::grant_upload() {
    if (upload_ != 0 || count(Step::body) == 0) {
        return;
    }
    for (const std::unique_ptr<Stream>& stream : streams_) {
        if (stream->step == Step::body && (upload_ == 0 || stream->id < upload_)) {
            upload_ = stream->id;
        }
    }
    nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE,
                                          static_cast<std::int32_t>(upload_),
                                          limits::upload_window_bytes);
}

// --- Streams

Http2::Stream& Http2::open_stream(std::uint32_t id) {
    streams_.push_back(std::make_unique<Stream>());
    Stream& stream = *streams_.back();
    stream.id = id;
    stream.since = turn_->now;
    ++steps_.at(static_cast<std::size_t>(stream.step));
    nghttp2_session_set_stream_user_data(session_.get(), static_cast<std::int32_t>(id), &stream);
    return stream;
}

// Null for a stream that has been closed, or never had a whole head.
Http2::Stream* Http2::find(std::uint32_t id) const {
    return static_cast<Stream*>(
        nghttp2_session_get_stream_user_data(session_.get(), static_cast<std::int32_t>(id)));
}

void Http2::enter(Stream& stream, Step step) {
    --steps_.at(static_cast<std::size_t>(stream.step));
    ++steps_.at(static_cast<std::size_t>(step));
    stream.step = step;
    stream.since = turn_->now;
    if (stream.id == upload_) {
        upload_ = 0;
        grant_upload();
    }
}

void Http2::close_stream(std::uint32_t id) {
    open_head_ = open_head_ == id ? 0 : open_head_;
    const auto at =
        std::find_if(streams_.begin(), streams_.end(),
                     [id](const std::unique_ptr<Stream>& stream) { return stream->id == id; });
    if (at == streams_.end()) {
        return;
    }
    --steps_.at(static_cast<std::size_t>((*at)->step));
    std::swap(*at, streams_.back());
    streams_.pop_back();
    if (id == upload_) {
        upload_ = 0;
        grant_upload();
    }
}

void Http2::reset(std::uint32_t id, std::uint32_t error) const {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(id),
                              error);
}

std::uint32_t Http2::count(Step step) const {
    return steps_.at(static_cast<std::size_t>(step));
}

}  // namespace cloister::http
