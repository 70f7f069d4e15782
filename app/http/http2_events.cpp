// SPDX-License-Identifier: MIT
#include "http/http2_events.h"

#include <array>
#include <new>
#include <string_view>

#include "base/limits.h"
#include "http/http2.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

// What each frame of a peer costs (Allowance). The rest is free: it is bounded otherwise.
struct Cost {
    std::uint8_t type;
    std::int64_t cost;
};

constexpr std::array costs = {
    Cost{NGHTTP2_HEADERS, 1},        // a request, which earns more when it is answered
    Cost{NGHTTP2_PRIORITY, 1},       // moves a stream within a tree
    Cost{NGHTTP2_RST_STREAM, 1},     // if it unmakes a request, see unmade_request_cost
    Cost{NGHTTP2_SETTINGS, 10},      // demands an answer; an honest peer sends one or two
    Cost{NGHTTP2_PING, 4},           // demands an answer
    Cost{NGHTTP2_GOAWAY, 10},        // once is enough
    Cost{NGHTTP2_WINDOW_UPDATE, 1},  // two for each 32 KiB are usual, and four frames earn more
    Cost{NGHTTP2_CONTINUATION, 8},   // nobody needs one below 16 KiB of fields
};
constexpr std::int64_t empty_data_cost = 5;  // brings nothing and is bounded by no window
// A request whose stream ends in an error, whether the peer resets it (CVE-2023-44487) or makes us
// do so (CVE-2025-8671).
constexpr std::int64_t unmade_request_cost = 7;

std::int64_t cost_of(const nghttp2_frame_hd& frame) {
    if (frame.type == NGHTTP2_DATA) {
        constexpr std::size_t most_padding = 256;  // its length included; that window comes back
        const bool ends = (frame.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        const bool padded = (frame.flags & NGHTTP2_FLAG_PADDED) != 0;
        const bool empty = frame.length <= (padded ? most_padding : 0);
        return empty && !ends ? empty_data_cost : 0;
    }
    for (const Cost& row : costs) {
        if (row.type == frame.type) {
            return row.cost;
        }
    }
    return 0;
}

// SETTINGS (RFC 9113 6.5.2). The tables of HPACK keep their default of 4 KiB.
constexpr std::array settings = {
    nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits::stream_count},
    nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::stream_window_bytes},
    nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits::head_bytes},
};

constexpr std::size_t frame_header_bytes = 9;

std::string_view text(const std::uint8_t* bytes, std::size_t length) {
    return {reinterpret_cast<const char*>(bytes), length};
}

}  // namespace

// Called by nghttp2, within Http2's calls of it: nothing may throw through its frames.
struct Http2Events {
    static Http2& of(void* owner) { return *static_cast<Http2*>(owner); }

    static int begin_frame(nghttp2_session* /*session*/, const nghttp2_frame_hd* frame,
                           void* owner) noexcept {
        of(owner).account_for(frame->length + frame_header_bytes, cost_of(*frame));
        return 0;
    }

    static int begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                             void* owner) noexcept {
        of(owner).begin_head(static_cast<std::uint32_t>(frame->hd.stream_id));
        return 0;
    }

    // A list that only wants to be long is cut off with its stream; what it holds is still decoded,
    // because the next one is compressed against it.
    static int header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_length, const std::uint8_t* value,
                      std::size_t value_length, std::uint8_t /*flags*/, void* owner) noexcept {
        Http2& self = of(owner);
        self.block_.add(text(name, name_length), text(value, value_length));
        if (!self.block_.is_flooding()) {
            return 0;
        }
        self.reset(static_cast<std::uint32_t>(frame->hd.stream_id), NGHTTP2_ENHANCE_YOUR_CALM);
        self.charge(limits::http2_allowance / 4);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    static int frame(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                     void* owner) noexcept {
        Http2& self = of(owner);
        const auto id = static_cast<std::uint32_t>(frame->hd.stream_id);
        const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
            self.end_head(id, ends);
        } else if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) {
            self.open_head_ = 0;  // Trailers are read and dropped, as over HTTP/1.1.
            Http2::Stream* const stream = self.find(id);
            if (ends && stream != nullptr) {
                self.end_body(*stream);
            }
        }
        return 0;
    }

    // The connection's window is for everything, so it opens again at once; a stream's does not, so
    // that what it brings is bounded by what it was granted.
    static int data(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id,
                    const std::uint8_t* bytes, std::size_t length, void* owner) noexcept {
        Http2& self = of(owner);
        nghttp2_session_consume_connection(session, length);
        if (Http2::Stream* const stream = self.find(static_cast<std::uint32_t>(id))) {
            self.take_body(*stream, text(bytes, length));
        }
        return 0;
    }

    static int frame_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                          void* owner) noexcept {
        if (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) {
            if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
                of(owner).end_answer(static_cast<std::uint32_t>(frame->hd.stream_id));
            }
        }
        return 0;
    }

    // An answer whose fields are too many for the library's frames stays where it is.
    static int frame_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                              int /*error*/, void* owner) noexcept {
        if (frame->hd.type == NGHTTP2_HEADERS) {
            of(owner).reset(static_cast<std::uint32_t>(frame->hd.stream_id),
                            NGHTTP2_INTERNAL_ERROR);
        }
        return 0;
    }

    static int stream_closed(nghttp2_session* /*session*/, std::int32_t id, std::uint32_t error,
                             void* owner) noexcept {
        Http2& self = of(owner);
        self.close_stream(static_cast<std::uint32_t>(id));
        self.charge(error != NGHTTP2_NO_ERROR ? unmade_request_cost : 0);
        return 0;
    }

    // Only the length is asked for: send_data() has the content.
    static ssize_t next_part(nghttp2_session* /*session*/, std::int32_t /*id*/,
                             std::uint8_t* /*buffer*/, std::size_t most, std::uint32_t* flags,
                             nghttp2_data_source* source, void* /*owner*/) noexcept {
        bool is_last = false;
        const std::size_t length =
            Http2::next_part(*static_cast<Http2::Stream*>(source->ptr), most, is_last);
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        *flags |= is_last ? static_cast<std::uint32_t>(NGHTTP2_DATA_FLAG_EOF) : 0U;
        return static_cast<ssize_t>(length);
    }

    // The frame is complete: its header as the library made it, its content from where it lies.
    // Returns PAUSE when the output has had enough.
    static int send_data(nghttp2_session* /*session*/, nghttp2_frame* /*frame*/,
                         const std::uint8_t* frame_header, std::size_t length,
                         nghttp2_data_source* source, void* owner) noexcept {
        Http2& self = of(owner);
        self.append_data(*static_cast<Http2::Stream*>(source->ptr),
                         text(frame_header, frame_header_bytes), length);
        self.is_paused_ = self.turn_->output.size() >= limits::output_high_water_bytes;
        return self.is_paused_ ? NGHTTP2_ERR_PAUSE : 0;
    }

    static nghttp2_session_callbacks* make_callbacks() {
        nghttp2_session_callbacks* callbacks = nullptr;
        if (nghttp2_session_callbacks_new(&callbacks) != 0) {
            throw std::bad_alloc();
        }
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, begin_frame);
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
        // Ours refuses what the library would reset the stream for: 400 says more (RFC 9113 8.2.1).
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
        nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frame_not_sent);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
        nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
        return callbacks;
    }
};

namespace {

// A second line behind Allowance: nghttp2's own limits, lower than it sets them itself.
nghttp2_option* make_options() {
    nghttp2_option* options = nullptr;
    if (nghttp2_option_new(&options) != 0) {
        throw std::bad_alloc();
    }
    nghttp2_option_set_no_auto_window_update(options, 1);
    nghttp2_option_set_stream_reset_rate_limit(options, 200, 20);  // at once, and per second
    nghttp2_option_set_max_continuations(options, 4);              // 64 KiB of compressed fields
    nghttp2_option_set_max_outbound_ack(options, 100);  // answers that the peer does not fetch
    nghttp2_option_set_max_settings(options, 16);       // entries in one frame
    return options;
}

}  // namespace

nghttp2_session* make_library_session(Http2& owner) {
    static const nghttp2_session_callbacks* const callbacks = Http2Events::make_callbacks();
    static const nghttp2_option* const options = make_options();
    nghttp2_session* session = nullptr;
    if (nghttp2_session_server_new2(&session, callbacks, &owner, options) != 0 ||
        nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) !=
            0 ||
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                              limits::upload_window_bytes) != 0) {
        throw std::bad_alloc();
    }
    return session;
}

nghttp2_data_provider body_provider(void* stream) {
    return {.source = {.ptr = stream}, .read_callback = Http2Events::next_part};
}

}  // namespace cloister::http
