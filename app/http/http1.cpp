// SPDX-License-Identifier: MIT
#include "http/http1.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "http/response_head.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

struct AppendBody {
    base::Output& output;

    void operator()(std::monostate) const {}

    void operator()(std::string_view lent) const {
        if (lent.size() <= limits::coalesced_body_bytes) {
            output.append(lent);
        } else {
            output.lend(lent);
        }
    }

    void operator()(std::string& owned) const {
        if (owned.size() <= limits::coalesced_body_bytes) {
            output.append(owned);
        } else {
            output.give(std::move(owned));
        }
    }

    void operator()(const FileWindow& window) const {
        output.append_file(window.fd, window.offset, window.length);
    }

    void operator()(Pieces& pieces) const {
        for (Piece& piece : pieces.all) {
            std::visit(*this, piece);
        }
    }
};

}  // namespace

void Http1::receive(std::string_view bytes, Turn& turn) {
    fresh_ = false;
    if (state_ == State::lingering || state_ == State::done) {
        return;
    }
    if (kept_.empty()) {
        const std::size_t consumed = consume(bytes, turn);
        kept_.assign(bytes.substr(consumed));
        settle();
    } else {
        kept_ += bytes;
        resume(turn);
    }
}

void Http1::resume(Turn& turn) {
    kept_.erase(0, consume(kept_, turn));
    if (kept_.empty()) {
        kept_.shrink_to_fit();  // An idle connection holds no buffer.
    }
    settle();
}

bool Http1::has_backlog() const {
    return has_backlog_;
}

bool Http1::takes_input() const {
    return !has_backlog_ && state_ != State::working;
}

// After the peer's last byte, a request that is still incomplete will stay so.
void Http1::settle() {
    if (input_ended_ && !has_backlog_ && state_ != State::working) {
        state_ = State::done;
    }
}

// Handles as many whole requests as the output has room for. Returns how many bytes are done with.
std::size_t Http1::consume(std::string_view input, Turn& turn) {
    std::size_t consumed = 0;
    while (consumed < input.size() && turn.output.size() < limits::output_high_water_bytes) {
        const std::string_view rest = input.substr(consumed);
        std::size_t step = 0;
        if (state_ == State::head) {
            step = consume_head(rest, turn);
        } else if (state_ == State::body) {
            step = consume_body(rest, turn);
        } else if (state_ != State::working) {
            has_backlog_ = false;
            return input.size();  // The connection ends: what follows is dropped.
        }
        if (step == 0) {
            break;
        }
        consumed += step;
    }
    has_backlog_ = consumed < input.size() && turn.output.size() >= limits::output_high_water_bytes;
    return consumed;
}

std::size_t Http1::consume_head(std::string_view input, Turn& turn) {
    // RFC 9112 2.2: empty lines before a request line are skipped, a few of them.
    if (scan_.scanned == 0 && empty_lines_ < limits::leading_crlf_count) {
        if (input.starts_with("\r\n")) {
            ++empty_lines_;
            return 2;
        }
        if (input == "\r") {
            return 0;
        }
    }
    const HeadEnd end = find_head_end(input, scan_);
    if (end.refused == 0 && end.length == 0) {
        return 0;
    }
    scan_ = {};
    empty_lines_ = 0;
    int refused = end.refused;
    if (refused == 0) {
        refused = parse_request_head(input.substr(0, end.length), turn.scratch, framing_);
    }
    if (refused != 0) {
        framing_ = {.head_only = input.starts_with("HEAD ")};
        refuse(refused, turn);
        return input.size();
    }
    begin_request(turn);
    return end.length;
}

void Http1::begin_request(Turn& turn) {
    Request& request = turn.scratch;
    request.peer = peer_;
    request.secure = secure_;
    if (std::optional<Response> response = turn.handler.immediate(request)) {
        answer_early(std::move(*response), turn);
        return;
    }
    if (!framing_.has_body()) {
        defer(std::move(request).detached(), turn);
        return;
    }
    incoming_ = std::make_unique<Incoming>(
        Incoming{.request = std::move(request).detached(),
                 .reader = BodyReader(framing_, limits::body_bytes, true),
                 .wanted = true});
    if (incoming_->reader.refused() != 0) {
        refuse(incoming_->reader.refused(), turn);
        return;
    }
    state_ = State::body;
    if (framing_.expects_continue) {
        turn.output.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
}

// An answer that did not wait for the body. A short body is dropped as it comes; behind a long one,
// and behind one that the client may now never send (RFC 9110 10.1.1), the connection ends.
void Http1::answer_early(Response response, Turn& turn) {
    if (!framing_.has_body()) {
        send(std::move(response), turn);
        finish_exchange();
        return;
    }
    const bool drop = !framing_.expects_continue &&
                      (framing_.chunked || framing_.content_length <= limits::discarded_body_bytes);
    if (!drop) {
        response.close = true;
        send(std::move(response), turn);
        state_ = State::lingering;
        return;
    }
    send(std::move(response), turn);
    incoming_ = std::make_unique<Incoming>(
        Incoming{.request = {},
                 .reader = BodyReader(framing_, limits::discarded_body_bytes, false),
                 .wanted = false});
    state_ = State::body;
}

std::size_t Http1::consume_body(std::string_view input, Turn& turn) {
    Incoming& incoming = *incoming_;
    const std::size_t taken = incoming.reader.take(input, incoming.request.body);
    if (incoming.reader.refused() != 0) {
        if (incoming.wanted) {
            refuse(incoming.reader.refused(), turn);
        } else {
            state_ = State::lingering;  // It has its answer already.
        }
    } else if (incoming.reader.complete()) {
        const std::unique_ptr<Incoming> whole = std::move(incoming_);
        if (whole->wanted) {
            defer(std::move(whole->request), turn);
        } else {
            finish_exchange();
        }
    }
    return taken;
}

void Http1::defer(Request request, Turn& turn) {
    state_ = State::working;
    turn.deferred.push_back({.stream = 0, .request = std::move(request)});
}

void Http1::answer(std::uint32_t /*stream*/, Response response, Turn& turn) {
    if (state_ != State::working) {
        return;  // It came too late: the deadline has passed.
    }
    send(std::move(response), turn);
    finish_exchange();
    has_backlog_ = state_ == State::head && !kept_.empty();
    settle();
}

// After a refusal nothing that follows can be trusted to begin a request: the connection ends.
void Http1::refuse(int status, Turn& turn) {
    Response response = plain_answer(status);
    response.close = true;
    send(std::move(response), turn);
    incoming_.reset();
    state_ = State::lingering;
}

void Http1::send(Response response, Turn& turn) {
    if (!is_well_formed(response)) {
        const bool close = response.close;
        response = plain_answer(500);
        response.close = close;
    }
    framing_.keep_alive = framing_.keep_alive && !response.close && !turn.draining.has_value();
    append_response_head(response, turn.date,
                         {.close = !framing_.keep_alive, .http_1_0 = framing_.http_1_0},
                         turn.output);
    if (!framing_.head_only && !is_bodiless(response.status)) {
        std::visit(AppendBody{turn.output}, response.body);
    }
}

void Http1::finish_exchange() {
    state_ = framing_.keep_alive ? State::head : State::done;
}

void Http1::end_of_input() {
    input_ended_ = true;
    settle();
}

void Http1::time_out(Turn& turn) {
    const Phase now = phase();
    state_ = State::done;
    if (now == Phase::head || (now == Phase::body && incoming_->wanted)) {
        framing_ = {.head_only =
                        now == Phase::head ? kept_.starts_with("HEAD ") : framing_.head_only};
        Response response = plain_answer(408);
        response.close = true;
        send(std::move(response), turn);
    }
}

// Requests that are on their way when the drain begins still arrive on idle connections; a moment
// later they are closed. A client that has connected but not yet asked has a little longer, because
// it cannot know that it should try again.
void Http1::drain(Turn& turn) {
    const Phase now = phase();
    if ((now == Phase::idle && *turn.draining >= limits::drain_idle_time) ||
        (now == Phase::fresh && *turn.draining >= limits::drain_fresh_time)) {
        state_ = State::done;
    }
}

Phase Http1::phase() const {
    switch (state_) {
        case State::head:
            if (!kept_.empty()) {
                return Phase::head;
            }
            return fresh_ ? Phase::fresh : Phase::idle;
        case State::body:
            return Phase::body;
        case State::working:
            return Phase::working;
        case State::lingering:
            return Phase::lingering;
        case State::done:
            break;
    }
    return Phase::done;
}

}  // namespace cloister::http
