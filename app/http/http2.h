// SPDX-License-Identifier: MIT
// HTTP/2 on one connection (RFC 9113): many requests at once, each through the same gate, handler
// and response as over HTTP/1.1. nghttp2 has the frames, the compression and the flow control; what
// a peer may cost is decided here.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/peer.h"
#include "http/allowance.h"
#include "http/header_block.h"
#include "http/session.h"

struct nghttp2_session;

namespace cloister::http {

class Http2 final : public Session {
  public:
    // `secure`: the transport is TLS. Throws std::bad_alloc.
    Http2(const base::Peer& peer, bool secure);
    ~Http2() override;

    void receive(std::string_view bytes, Turn& turn) override;
    void answer(std::uint32_t stream, Response response, Turn& turn) override;
    void resume(Turn& turn) override;

    [[nodiscard]] bool has_backlog() const override { return has_backlog_; }

    [[nodiscard]] bool takes_input() const override { return true; }

    void end_of_input() override;
    void time_out(Turn& turn) override;
    void drain(Turn& turn) override;
    [[nodiscard]] Phase phase() const override;

  private:
    friend struct Http2Events;  // nghttp2's callbacks

    using Time = std::chrono::steady_clock::time_point;

    enum class State : std::uint8_t { open, lingering, done };

    // What a stream waits for: the rest of its request, a worker, or the way for its answer.
    enum class Step : std::uint8_t { body, working, answering };
    static constexpr std::size_t step_count = 3;

    // One request and its answer.
    struct Stream {
        std::uint32_t id = 0;
        Step step = Step::body;
        Time since;              // the beginning of the step; of the last progress, if answering
        bool head_only = false;  // the answer has no body
        Request request;         // while its body comes
        Body body;               // of the answer
        std::uint64_t sent = 0;  // bytes of it
    };

    // Requests, in http2_streams.cpp. The first four are what nghttp2 reports.
    void begin_head(std::uint32_t id);
    void end_head(std::uint32_t id, bool ends_stream);
    void take_body(Stream& stream, std::string_view bytes);
    void end_body(Stream& stream);
    void dispatch(Stream& stream, Request&& request, const BlockFraming& framing, bool whole);
    void defer(Stream& stream, Request request);
    void grant_upload();

    // Answers, in http2_answers.cpp.
    void respond(Stream& stream, Response response);

    void refuse(Stream& stream, int status) { respond(stream, plain_answer(status)); }

    void invite(const Stream& stream);
    static std::size_t next_part(const Stream& stream, std::size_t most, bool& is_last);
    void append_data(Stream& stream, std::string_view frame_header, std::size_t length);
    void end_answer(std::uint32_t id);

    // The streams themselves, in http2_streams.cpp.
    Stream& open_stream(std::uint32_t id);
    [[nodiscard]] Stream* find(std::uint32_t id) const;
    void enter(Stream& stream, Step step);
    void close_stream(std::uint32_t id);
    void reset(std::uint32_t id, std::uint32_t error) const;
    [[nodiscard]] std::uint32_t count(Step step) const;

    // The connection, in http2.cpp.
    void begin_turn(Turn& turn);
    void end_turn();
    void pull();
    void charge(std::int64_t cost);
    void account_for(std::size_t frame_bytes, std::int64_t cost);
    void charge_ignored();
    void leave();
    void end_leaving();
    void fail(int library_error);
    void linger();
    void expire();

    base::Peer peer_;
    bool secure_;
    State state_ = State::open;
    bool has_backlog_ = false;
    bool is_paused_ = false;  // the output is full in the middle of an answer
    std::uint32_t request_count_ = 0;
    std::uint32_t open_head_ = 0;  // the stream whose header block has begun and not ended
    std::uint32_t upload_ = 0;     // the stream that may send a large body
    // Requests that workers have, those of closed streams included.
    std::uint32_t working_count_ = 0;
    std::array<std::uint32_t, step_count> steps_{};  // streams in each step
    std::vector<std::unique_ptr<Stream>> streams_;
    HeaderBlock block_;
    Allowance allowance_;
    // Received, less the frames that the library has announced: it ignores the rest in silence.
    std::int64_t ignored_bytes_ = 0;
    std::optional<Time> began_;
    std::optional<Time> leaving_since_;  // the first GOAWAY has been sent
    bool left_ = false;                  // the last one too
    Time next_expiry_;
    Turn* turn_ = nullptr;  // during a call

    struct Delete {
        void operator()(nghttp2_session* session) const;
    };

    std::unique_ptr<nghttp2_session, Delete> session_;  // goes first: it refers to the streams
};

}  // namespace cloister::http
