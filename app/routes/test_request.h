// SPDX-License-Identifier: MIT
// Requests as a session would hand them over, for the tests of this folder.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace cloister::routes {

// `target` and the fields' texts are lent and outlive the request. The path is taken as it stands.
inline http::Request request_for(http::Method method, std::string_view target,
                                 std::vector<http::Field> fields = {}, std::string body = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    request.query = target.substr(std::min(request.path.size() + 1, target.size()));
    request.authority = "example.org";
    request.fields = std::move(fields);
    request.body = std::move(body);
    return request;
}

// The body of an answer whose body is owned; empty otherwise.
inline std::string body_of(const http::Response& response) {
    const auto* const owned = std::get_if<std::string>(&response.body);
    return owned == nullptr ? std::string() : *owned;
}

// All values of the fields called `name`, joined by '|'.
inline std::string field_of(const http::Response& response, std::string_view name) {
    std::string values;
    for (const http::ResponseField& field : response.fields) {
        if (field.name == name) {
            values += values.empty() ? "" : "|";
            values += field.value;
        }
    }
    return values;
}

}  // namespace cloister::routes
