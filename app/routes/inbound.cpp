// SPDX-License-Identifier: MIT
#include "routes/inbound.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/fields.h"

namespace cloister::routes {

namespace {

// Lower case. Compared by name, so that nothing here depends on how a session has classified a
// field.
constexpr std::array<std::string_view, 14> withheld_names = {
    "accept-encoding",    // cpp-httplib would compress the answer
    "connection",         // the connection is the session's
    "content-length",     // replaced by the length of the body as received
    "expect",             // answered by the session
    "host",               // replaced by the authority
    "http2-settings",     // an upgrade to h2c
    "if-range",           // means nothing without Range
    "keep-alive",         // the connection is the session's
    "proxy-connection",   // the connection is the session's
    "range",              // cpp-httplib would cut the answer, 0.11.4 any number of times over
    "te",                 // hop by hop
    "trailer",            // trailers have been dropped
    "transfer-encoding",  // the body is whole already
    "upgrade",            // the connection is the session's
};

// Names under which cpp-httplib itself tells handlers who the peers are.
constexpr std::array<std::string_view, 2> withheld_prefixes = {"remote_", "local_"};

bool begins_with(std::string_view text, std::string_view lower) {
    return http::equals_ignoring_case(text.substr(0, lower.size()), lower);
}

bool is_withheld(std::string_view name) {
    return std::any_of(withheld_names.begin(), withheld_names.end(),
                       [name](auto lower) { return http::equals_ignoring_case(name, lower); }) ||
           std::any_of(withheld_prefixes.begin(), withheld_prefixes.end(),
                       [name](auto lower) { return begins_with(name, lower); });
}

bool is_multipart(const http::Field& field) {
    return http::equals_ignoring_case(field.name, "content-type") &&
           begins_with(field.value, "multipart/form-data");
}

bool is_encoded(const http::Field& field) {
    return http::equals_ignoring_case(field.name, "content-encoding");
}

http::Response refused(int status, std::string_view text) {
    http::Response response = http::plain_answer(status);
    response.body = std::string(text);
    return response;
}

// Without a length cpp-httplib reads such requests to the end of the connection.
bool needs_length(const http::Request& request) {
    using http::Method;
    return !request.body.empty() || request.method == Method::post ||
           request.method == Method::put || request.method == Method::patch ||
           request.method == Method::del;
}

void hand_over_fields(const http::Request& from, httplib::Headers& to) {
    to.clear();
    for (const http::Field& field : from.fields) {
        if (!is_withheld(field.name)) {
            to.emplace(field.name, field.value);
        }
    }
    if (!from.authority.empty()) {
        to.emplace("Host", from.authority);
    }
    if (needs_length(from)) {
        to.emplace("Content-Length", std::to_string(from.body.size()));
    }
}

}  // namespace

std::optional<http::Response> refusal(const http::Request& request, bool multipart_allowed) {
    const std::vector<http::Field>& fields = request.fields;
    if (request.method == http::Method::trace || request.method == http::Method::connect) {
        return http::plain_answer(501);
    }
    if (request.path.size() > base::limits::route_path_bytes) {
        return http::plain_answer(414);
    }
    if (std::any_of(fields.begin(), fields.end(), is_encoded)) {
        auto response = refused(415, "Send the body as it is, without Content-Encoding.\n");
        response.fields.push_back({"Accept-Encoding", "identity"});  // RFC 9110 12.5.3
        return response;
    }
    if (!multipart_allowed && std::any_of(fields.begin(), fields.end(), is_multipart)) {
        return refused(415,
                       "This program takes no multipart/form-data. It would after calling "
                       "cloister::App::allow_multipart(true).\n");
    }
    return std::nullopt;
}

void hand_over(const http::Request& from, const Parameters& parameters, httplib::Request& to) {
    to.method = http::name_of(from.method);
    to.target = from.target;
    to.path = from.path;
    to.version = "HTTP/1.1";
    to.params.clear();
    for (const auto& [name, value] : parameters) {
        to.params.emplace(name, value);
    }
    hand_over_fields(from, to.headers);
    const bool has_address = from.peer.family == AF_INET || from.peer.family == AF_INET6;
    to.remote_addr = has_address ? from.peer.text() : std::string();
    to.remote_port = has_address ? from.peer.port : 0;
    to.local_addr.clear();
    to.local_port = 0;
}

}  // namespace cloister::routes
