// SPDX-License-Identifier: MIT
// A site for tests to ask, as a client would.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/request_head.h"
#include "press/press.h"
#include "press/test_answer.h"
#include "site/responder.h"

namespace cloister::press {

// GET; `target` is a decoded path, with a query behind it or not, and outlives the request.
inline http::Request request_for(std::string_view target, bool secure = false) {
    http::Request request;
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    request.query = request.path.size() == target.size() ? std::string_view()
                                                         : target.substr(request.path.size() + 1);
    request.authority = "example.org";
    request.secure = secure;
    return request;
}

// A request as it is sent: `line` is "GET /path", `fields` are whole lines without their ends.
struct SentRequest {
    SentRequest(const std::string& line, const std::vector<std::string>& fields)
        : head(line + " HTTP/1.1\r\nHost: example.org\r\n") {
        for (const std::string& field : fields) {
            head += field + "\r\n";
        }
        head += "\r\n";
        http::Framing framing;
        EXPECT_EQ(http::parse_request_head(head, request, framing), 0) << head;
    }

    SentRequest(const SentRequest&) = delete;
    SentRequest& operator=(const SentRequest&) = delete;

    std::string head;
    http::Request request;  // borrows from it
};

// What a client gets, be there something or not.
inline TestAnswer ask(const site::Site& site, const http::Request& request) {
    const std::optional<http::Response> response = site::respond(site, request);
    return render(response ? *response : site::respond_not_found(site, request));
}

inline TestAnswer ask(const site::Site& site, std::string_view target) {
    return ask(site, request_for(target));
}

// Why the folder `root` cannot be opened; empty if it can.
inline std::string complaint_about(const std::string& root, const Settings& settings = {}) {
    try {
        open_site(root, settings);
    } catch (const base::Failure& failure) {
        return failure.what();
    }
    return {};
}

}  // namespace cloister::press
