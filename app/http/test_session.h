// SPDX-License-Identifier: MIT
// For tests: one session on strings, with the loop and the worker that a server would give it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/http1.h"

namespace cloister::http {

// Answers "/now..." at once and everything else on a worker, both with the method, the path and the
// body.
inline Handler echo_handler() {
    const auto echo = [](const Request& request) {
        Response response;
        response.body = std::string(name_of(request.method)) + ' ' + std::string(request.path) +
                        ' ' + request.body;
        return response;
    };
    return {.immediate = [echo](const Request& request) -> std::optional<Response> {
                return request.path.starts_with("/now") ? std::optional(echo(request))
                                                        : std::nullopt;
            },
            .blocking = echo};
}

template <typename Protocol>
class Driven {
  public:
    explicit Driven(Handler handler = echo_handler()) : handler_(std::move(handler)) {}

    // Gives `bytes` to the session and nothing more: deferred requests and output stay where they
    // are.
    void receive(std::string_view bytes) {
        Turn turn = this->turn();
        session.receive(bytes, turn);
    }

    // Answers the oldest deferred request.
    void work() {
        Deferred next = std::move(deferred.front());
        deferred.erase(deferred.begin());
        Turn turn = this->turn();
        session.answer(next.stream, handler_.blocking(next.request), turn);
    }

    void resume() {
        Turn turn = this->turn();
        session.resume(turn);
    }

    void time_out() {
        Turn turn = this->turn();
        session.time_out(turn);
    }

    void drain() {
        Turn turn = this->turn();
        session.drain(turn);
    }

    // Sends all output. A part of a file is written as "<file>"; over HTTP/2 see test_frames.h.
    std::string sent() {
        std::string text;
        while (!output.empty()) {
            const base::Output::Front front = output.front();
            text += front.data != nullptr ? std::string_view(front.data, front.length) : "<file>";
            output.consume(front.length);
        }
        return text;
    }

    // Works, sends and resumes until nothing is left to do; returns what was sent.
    std::string settle() {
        std::string text = sent();
        while (!deferred.empty() || session.has_backlog()) {
            if (deferred.empty()) {
                resume();
            } else {
                work();
            }
            text += sent();
        }
        return text;
    }

    // All that comes of `bytes`.
    std::string exchange(std::string_view bytes) {
        receive(bytes);
        return settle();
    }

    static constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

    Protocol session{base::Peer(), false};
    base::Output output;
    std::vector<Deferred> deferred;
    std::optional<std::chrono::steady_clock::duration> draining;
    std::chrono::steady_clock::time_point now;

  private:
    Turn turn() {
        return {.handler = handler_,
                .date = date,
                .now = now,
                .draining = draining,
                .scratch = scratch_,
                .output = output,
                .deferred = deferred};
    }

    Handler handler_;
    Request scratch_;
};

using TestSession = Driven<Http1>;

// The whole answer that echo_handler() and the session make, `connection` being what they say of
// the connection.
inline std::string echoed(std::string_view body, std::string_view connection = "") {
    std::string text = "HTTP/1.1 200 OK\r\nDate: ";
    text.append(TestSession::date)
        .append("\r\nContent-Length: ")
        .append(std::to_string(body.size()));
    text.append("\r\n").append(connection).append("\r\n").append(body);
    return text;
}

// The whole answer with which the session ends a connection.
inline std::string refusal(int status, bool has_body = true) {
    const std::string body =
        std::to_string(status) + ' ' + std::string(reason_phrase(status)) + '\n';
    std::string text = "HTTP/1.1 " + body;
    text.back() = '\r';
    text.append("\nDate: ")
        .append(TestSession::date)
        .append("\r\nContent-Type: text/plain; charset=utf-8\r\n");
    text.append("Content-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\nConnection: close\r\n\r\n");
    return has_body ? text + body : text;
}

}  // namespace cloister::http
