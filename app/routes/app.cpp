// SPDX-License-Identifier: MIT
#include "routes/app.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "routes/body_stream.h"
#include "routes/inbound.h"
#include "routes/outbound.h"
#include "routes/query.h"

namespace cloister::routes {

namespace {

// One request on its way through cpp-httplib.
struct Passage {
    std::optional<Outcome> outcome;
    std::string thrown;  // what a handler threw, for the log, if nobody but App has caught it
};

// The hooks get nothing but cpp-httplib's own request and response, so this is how they find the
// passage they belong to: process_request calls them on the thread it was called on.
thread_local Passage* passage = nullptr;

std::string what_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "not a std::exception";
    }
}

}  // namespace

App::App() {
    Server::set_exception_handler(
        [this](const auto& request, auto& response, const std::exception_ptr& thrown) {
            caught(request, response, thrown);
        });
    Server::set_post_routing_handler(
        [this](const auto& request, auto& response) { finish(request, response); });
}

App& App::allow_multipart(bool allowed) {
    multipart_allowed_ = allowed;
    return *this;
}

App& App::set_post_routing_handler(Handler handler) {
    post_routing_handler_ = std::move(handler);
    return *this;
}

App& App::set_exception_handler(ExceptionHandler handler) {
    exception_handler_ = std::move(handler);
    return *this;
}

App& App::set_logger(httplib::Logger logger) {
    logger_ = std::move(logger);
    return *this;
}

Outcome App::answer(const http::Request& request) noexcept {
    if (auto refused = refusal(request, multipart_allowed_)) {
        return {std::move(refused), {}};
    }
    const auto parameters = parse_query(request.query);
    if (!parameters) {
        return {http::plain_answer(400), {}};
    }
    BodyStream stream(request.body);
    const std::function<void(httplib::Request&)> fill = [&](httplib::Request& blank) {
        hand_over(request, *parameters, blank);
    };
    bool closed = false;
    // Generic, so that the call the installed version does not have is never compiled.
    const auto route = [&](auto& server) {
        if constexpr (requires { server.process_request(stream, true, closed, fill); }) {
            server.process_request(stream, true, closed, fill);  // up to 0.17
        } else {
            server.process_request(stream, "", 0, "", 0, true, closed, fill);  // since 0.18
        }
    };

    Passage own;
    Passage* const outer = std::exchange(passage, &own);
    try {
        route(*this);
    } catch (...) {
        own.outcome =
            failed("a hook or content provider threw: " + what_of(std::current_exception()));
    }
    passage = outer;
    return own.outcome ? std::move(*own.outcome)
                       : failed("cpp-httplib did not call App's hook: was it replaced?");
}

// Called by cpp-httplib within its own catch clause, before finish().
void App::caught(const httplib::Request& request, httplib::Response& response,
                 const std::exception_ptr& thrown) const {
    if (exception_handler_) {
        response.status = 500;
        exception_handler_(request, response, thrown);
        return;
    }
    passage->thrown = failed("a handler threw: " + what_of(thrown)).failure;
    // Half an answer is none; what the handler had set goes here, and its resource releaser runs.
    const httplib::Response abandoned = std::exchange(response, httplib::Response());
    response.status = 500;
    response.set_content("500 Internal Server Error\n", "text/plain; charset=utf-8");
}

// Called by cpp-httplib for every outcome, after its error handler and before it would write bytes.
void App::finish(const httplib::Request& request, httplib::Response& response) const {
    if (post_routing_handler_) {
        post_routing_handler_(request, response);
    }
    Outcome outcome = take(response, static_cast<bool>(logger_));
    if (outcome.failure.empty()) {
        outcome.failure = std::move(passage->thrown);
    }
    if (logger_) {
        response.status = outcome.response ? outcome.response->status : 404;
        logger_(request, response);
    }
    passage->outcome = std::move(outcome);
    // Nothing is left for cpp-httplib to print.
    response.headers.clear();
    response.body.clear();
    response.content_length_ = 0;
}

}  // namespace cloister::routes
