// SPDX-License-Identifier: MIT
#include "http/http2.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <new>

#include "base/limits.h"
#include "http/http2_events.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

// Looking for streams that have waited too long costs a walk, so not at every event.
constexpr std::chrono::seconds expiry_interval{1};

// A GOAWAY frame (RFC 9113 6.8), for when the library can no longer make one.
std::array<char, 17> goaway_frame(std::uint32_t last_stream, std::uint32_t error) {
    std::array<char, 17> frame{0, 0, 8, NGHTTP2_GOAWAY};
    for (std::size_t byte = 0; byte < 4; ++byte) {
        const std::size_t shift = 24 - 8 * byte;
        frame.at(9 + byte) = static_cast<char>(last_stream >> shift & 0xff);
        frame.at(13 + byte) = static_cast<char>(error >> shift & 0xff);
    }
    return frame;
}

// Whether the rest of a header block has to follow (RFC 9113 4.3).
bool is_unfinished_block(const std::uint8_t* frame, ssize_t length) {
    constexpr ssize_t header_bytes = 9;
    return length >= header_bytes &&
           (frame[3] == NGHTTP2_HEADERS || frame[3] == NGHTTP2_CONTINUATION) &&
           (frame[4] & NGHTTP2_FLAG_END_HEADERS) == 0;
}

// Too much of something was the peer's choice; anything else is a breach of the protocol.
std::uint32_t error_code_for(int library_error) {
    switch (library_error) {
        case NGHTTP2_ERR_FLOODED:
        case NGHTTP2_ERR_TOO_MANY_SETTINGS:
        case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS:
            return NGHTTP2_ENHANCE_YOUR_CALM;
        default:
            return NGHTTP2_PROTOCOL_ERROR;
    }
}

}  // namespace

void Http2::Delete::operator()(nghttp2_session* session) const {
    nghttp2_session_del(session);
}

Http2::Http2(const base::Peer& peer, bool secure)
    : peer_(peer), secure_(secure), session_(make_library_session(*this)) {}

Http2::~Http2() = default;

// --- Turns

void Http2::begin_turn(Turn& turn) {
    turn_ = &turn;
    if (!began_) {
        began_ = turn.now;
    }
    allowance_.refresh(turn.now);
}

void Http2::end_turn() {
    if (state_ == State::open) {
        const bool old = turn_->now - *began_ >= limits::connection_age ||
                         request_count_ >= limits::connection_request_count;
        if (old || turn_->draining) {
            leave();
        }
        if (turn_->now >= next_expiry_) {
            expire();
        }
        pull();
    }
    if (streams_.empty() && open_head_ == 0) {
        block_ = HeaderBlock();  // An idle connection holds no buffer.
    }
    turn_ = nullptr;
}

void Http2::receive(std::string_view bytes, Turn& turn) {
    if (state_ != State::open) {
        return;
    }
    begin_turn(turn);
    ignored_bytes_ += static_cast<std::int64_t>(bytes.size());
    const ssize_t taken = nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (taken < 0) {
        fail(static_cast<int>(taken));
    } else {
        charge_ignored();
    }
    end_turn();
}

void Http2::resume(Turn& turn) {
    begin_turn(turn);
    end_turn();
}

void Http2::answer(std::uint32_t stream, Response response, Turn& turn) {
    --working_count_;
    if (state_ != State::open) {
        return;
    }
    begin_turn(turn);
    Stream* const waiting = find(stream);
    if (waiting != nullptr && waiting->step == Step::working) {  // Else the peer has lost interest.
        respond(*waiting, std::move(response));
    }
    end_turn();
}

void Http2::end_of_input() {
    // No answer could be fetched in a way that HTTP/2 knows: there is no half-closed connection.
    state_ = State::done;
    has_backlog_ = false;
}

// Fetches what the library has to say, until the output has enough for now. Header blocks come
// whole, so that whatever is said next stands between frames where it may.
void Http2::pull() {
    is_paused_ = false;
    bool in_block = false;
    while (!is_paused_ && (in_block || turn_->output.size() < limits::output_high_water_bytes)) {
        const std::uint8_t* bytes = nullptr;
        const ssize_t length = nghttp2_session_mem_send(session_.get(), &bytes);
        if (length < 0) {
            fail(static_cast<int>(length));
            return;
        }
        if (length == 0 && !is_paused_) {
            break;
        }
        in_block = is_unfinished_block(bytes, length);
        turn_->output.append(
            {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)});
    }
    has_backlog_ = turn_->output.size() >= limits::output_high_water_bytes;
    if (nghttp2_session_want_read(session_.get()) == 0 &&
        nghttp2_session_want_write(session_.get()) == 0) {
        linger();
    }
}

// --- Ends

void Http2::charge(std::int64_t cost) {
    if (cost != 0 && !allowance_.spend(cost)) {
        nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
    }
}

void Http2::account_for(std::size_t frame_bytes, std::int64_t cost) {
    ignored_bytes_ -= static_cast<std::int64_t>(frame_bytes);
    charge(cost);
}

// Frames of unknown types (RFC 9113 5.5) and DATA for streams that are closed (5.1) are ignored,
// but not for ever.
void Http2::charge_ignored() {
    if (ignored_bytes_ >= limits::ignored_bytes_per_cost) {
        charge(ignored_bytes_ / limits::ignored_bytes_per_cost);
        ignored_bytes_ %= limits::ignored_bytes_per_cost;
    }
}

// RFC 9113 6.8: first a warning, so that requests on their way are still answered; a moment later
// the last number that will be.
void Http2::leave() {
    if (!leaving_since_) {
        leaving_since_ = turn_->now;
        nghttp2_submit_shutdown_notice(session_.get());
    } else if (turn_->now - *leaving_since_ >= limits::drain_idle_time) {
        end_leaving();
    }
}

void Http2::end_leaving() {
    if (!left_) {
        left_ = true;
        nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_.get()),
                              NGHTTP2_NO_ERROR, nullptr, 0);
    }
}

void Http2::fail(int library_error) {
    if (library_error == NGHTTP2_ERR_NOMEM) {
        throw std::bad_alloc();
    }
    const auto last =
        static_cast<std::uint32_t>(nghttp2_session_get_last_proc_stream_id(session_.get()));
    const std::array<char, 17> frame = goaway_frame(last, error_code_for(library_error));
    turn_->output.append({frame.data(), frame.size()});
    linger();
}

// Everything has been said. What the peer still sends is dropped, so that a reset does not overtake
// the last frame.
void Http2::linger() {
    state_ = State::lingering;
    has_backlog_ = false;
}

void Http2::drain(Turn& turn) {
    if (state_ == State::open) {
        begin_turn(turn);
        end_turn();
    }
}

void Http2::time_out(Turn& turn) {
    if (state_ != State::open) {
        state_ = State::done;
        return;
    }
    begin_turn(turn);
    switch (phase()) {
        case Phase::head:
            nghttp2_session_terminate_session(session_.get(), NGHTTP2_ENHANCE_YOUR_CALM);
            break;
        case Phase::fresh:
        case Phase::idle:
            end_leaving();
            break;
        default:
            expire();
            break;
    }
    end_turn();
}

// The deadline of the connection starts anew with each answer, so a stream has one of its own.
void Http2::expire() {
    next_expiry_ = turn_->now + expiry_interval;
    static constexpr std::array<std::chrono::milliseconds, step_count> times = {
        limits::body_time, limits::work_time, limits::write_time};
    for (const std::unique_ptr<Stream>& stream : streams_) {
        if (turn_->now - stream->since < times.at(static_cast<std::size_t>(stream->step))) {
            continue;
        }
        if (stream->step == Step::body) {
            refuse(*stream, 408);
        } else {
            stream->since = turn_->now;  // The reset waits for its turn; one is enough.
            reset(stream->id, NGHTTP2_CANCEL);
        }
    }
}

// What is most urgent comes first.
Phase Http2::phase() const {
    if (state_ != State::open) {
        return state_ == State::done ? Phase::done : Phase::lingering;
    }
    if (open_head_ != 0) {
        return Phase::head;
    }
    if (count(Step::body) != 0) {
        return Phase::body;
    }
    if (count(Step::answering) != 0) {
        return Phase::sending;
    }
    if (count(Step::working) != 0) {
        return Phase::working;
    }
    return request_count_ == 0 ? Phase::fresh : Phase::idle;
}

}  // namespace cloister::http
