// SPDX-License-Identifier: MIT
// HTTP/1.1 and 1.0 on one connection (RFC 9112): strict framing, keep-alive, pipelining.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/peer.h"
#include "http/body_reader.h"
#include "http/request_head.h"
#include "http/session.h"

namespace cloister::http {

class Http1 final : public Session {
  public:
    // `secure`: the transport is TLS. An idle session holds no buffer.
    Http1(const base::Peer& peer, bool secure) : peer_(peer), secure_(secure) {}

    void receive(std::string_view bytes, Turn& turn) override;
    void answer(std::uint32_t stream, Response response, Turn& turn) override;
    void resume(Turn& turn) override;
    [[nodiscard]] bool has_backlog() const override;
    [[nodiscard]] bool takes_input() const override;
    void end_of_input() override;
    void time_out(Turn& turn) override;
    void drain(Turn& turn) override;
    [[nodiscard]] Phase phase() const override;

  private:
    enum class State : std::uint8_t { head, body, working, lingering, done };

    // A request whose body is on its way, or a body that nobody wants.
    struct Incoming {
        Request request;
        BodyReader reader;
        bool wanted;
    };

    std::size_t consume(std::string_view input, Turn& turn);
    std::size_t consume_head(std::string_view input, Turn& turn);
    std::size_t consume_body(std::string_view input, Turn& turn);
    void begin_request(Turn& turn);
    void answer_early(Response response, Turn& turn);
    void defer(Request request, Turn& turn);
    void refuse(int status, Turn& turn);
    void send(Response response, Turn& turn);
    void finish_exchange();
    void settle();

    base::Peer peer_;
    bool secure_;
    bool fresh_ = true;         // no byte has come yet
    bool input_ended_ = false;  // the peer has closed its side
    bool has_backlog_ = false;  // kept_ may hold whole requests
    State state_ = State::head;
    std::size_t empty_lines_ = 0;  // skipped before the head
    HeadScan scan_;
    Framing framing_;                     // of the request in hand
    std::string kept_;                    // input not yet consumed
    std::unique_ptr<Incoming> incoming_;  // in State::body
};

}  // namespace cloister::http
