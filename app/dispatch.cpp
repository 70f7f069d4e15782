// SPDX-License-Identifier: MIT
#include "dispatch.h"

#include <string>
#include <utility>

#include "acme/challenge.h"
#include "site/responder.h"
#include "welcome.h"

namespace cloister {

using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr std::uint16_t https_port = 443;  // what "https://host/" means (RFC 9110 4.2.2)
constexpr std::string_view health_path = "/.well-known/cloister/health";

Response refuse_method(const char* allowed) {
    Response response = http::plain_answer(405);
    response.fields.push_back({"Allow", allowed});
    return response;
}

// That this line is read shows that a loop turns; it is asked often, so nothing else is looked at.
Response answer_health(const Request& request) {
    if (request.method != Method::get && request.method != Method::head) {
        return refuse_method("GET, HEAD");
    }
    Response response;
    response.fields = {{"Content-Type", "text/plain; charset=utf-8"},
                       {"Cache-Control", "no-store"}};
    response.body = std::string_view("ok\n");
    return response;
}

// Never a type that a browser would show: what the answer is, the client decides in part.
std::optional<Response> answer_challenge(const acme::Board& board, const Request& request) {
    if ((request.method != Method::get && request.method != Method::head) ||
        !request.path.starts_with(acme::challenge_folder)) {
        return std::nullopt;
    }
    std::optional<std::string> answer =
        board.find(request.path.substr(acme::challenge_folder.size()));
    if (!answer) {
        return std::nullopt;
    }
    Response response;
    response.fields = {{"Content-Type", "application/octet-stream"}, {"Cache-Control", "no-store"}};
    response.body = std::move(*answer);
    return response;
}

// OPTIONS * (RFC 9110 9.3.7) asks about the server as a whole.
Response answer_server_options(bool has_routes) {
    Response response;
    response.status = 204;
    response.fields.push_back({"Allow", has_routes ? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
                                                   : "GET, HEAD, OPTIONS"});
    return response;
}

// What is answered alike on every socket: no tunnels, no echo of what was sent (RFC 9110 9.3.6 and
// 9.3.8).
std::optional<Response> answer_own(const Request& request, bool has_routes) {
    if (request.method == Method::trace || request.method == Method::connect) {
        return refuse_method("GET, HEAD, OPTIONS");
    }
    if (request.path == "*") {
        return answer_server_options(has_routes);
    }
    if (request.path == health_path) {
        return answer_health(request);
    }
    return std::nullopt;
}

// The host that was asked for, at the other port. Without a host (HTTP/1.0) there is no other
// place.
Response redirect_to_https(const Request& request, std::uint16_t port) {
    if (request.authority.empty()) {
        return http::plain_answer(400);
    }
    // A port begins at the last colon, unless that is within an IPv6 address.
    const std::string_view authority = request.authority;
    const std::size_t colon = authority.find(':', authority.find_last_of(']') + 1);
    std::string location = "https://" + std::string(authority.substr(0, colon));
    if (port != https_port) {
        location += ':' + std::to_string(port);
    }
    location += request.target;
    Response response = http::plain_answer(308);
    response.fields.push_back({"Location", std::move(location)});
    return response;
}

Response not_found(const site::Site* site, const Request& request) {
    return site != nullptr ? site::respond_not_found(*site, request) : http::plain_answer(404);
}

}  // namespace

http::Handler make_handler(const site::Site* site, const Routes* routes, const base::Log& log) {
    http::Handler handler;
    handler.immediate = [site, routes](const Request& request) -> std::optional<Response> {
        std::optional<Response> response = answer_own(request, routes != nullptr);
        if (!response && site != nullptr) {
            response = site::respond(*site, request);
        }
        if (!response && routes == nullptr) {
            response = not_found(site, request);
        }
        return response;
    };
    if (routes != nullptr) {
        handler.blocking = [site, routes, &log](const Request& request) {
            Outcome outcome = (*routes)(request);
            if (!outcome.failure.empty()) {
                log.error("a route failed: " + outcome.failure);
            }
            return outcome.response ? std::move(*outcome.response) : not_found(site, request);
        };
    }
    return handler;
}

http::Handler make_welcome_handler(const std::string& confinement) {
    http::Handler handler;
    handler.immediate = [&confinement](const Request& request) -> std::optional<Response> {
        std::optional<Response> response = answer_own(request, false);
        return response ? response : respond_welcome(request, confinement);
    };
    return handler;
}

http::Handler make_challenge_handler(const acme::Board& board, const http::Handler& below) {
    http::Handler handler = below;
    handler.immediate =
        [&board, answer = below.immediate](const Request& request) -> std::optional<Response> {
        std::optional<Response> response = answer_challenge(board, request);
        return response ? std::move(response) : answer(request);
    };
    return handler;
}

http::Handler make_redirect_handler(std::uint16_t port, const http::Handler& below) {
    http::Handler handler = below;
    handler.immediate =
        [port, answer = below.immediate](const Request& request) -> std::optional<Response> {
        const bool stays = request.method == Method::trace || request.method == Method::connect ||
                           request.path == "*" || request.path == health_path ||
                           request.path.starts_with(acme::challenge_folder);
        return stays ? answer(request) : redirect_to_https(request, port);
    };
    return handler;
}

http::Handler make_admin_handler() {
    http::Handler handler;
    handler.immediate = [](const Request& request) -> std::optional<Response> {
        const std::optional<Response> response = answer_own(request, false);
        return response ? response : not_found(nullptr, request);
    };
    return handler;
}

}  // namespace cloister
