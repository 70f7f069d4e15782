// SPDX-License-Identifier: MIT
#include "site/responder.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/date.h"
#include "site/entity_tag.h"
#include "site/range.h"

namespace cloister::site {

using http::Known;
using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr const char* allowed_methods = "GET, HEAD, OPTIONS";

Response answer_options() {
    Response response;
    response.status = 204;
    response.fields.push_back({"Allow", allowed_methods});
    return response;
}

Response refuse_method() {
    Response response = http::plain_answer(405);
    response.fields.push_back({"Allow", allowed_methods});
    return response;
}

// pchar of RFC 3986 3.3, and '/'; every other byte is escaped.
std::string escaped(std::string_view path) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : path) {
        const char lower = static_cast<char>(c | 0x20);
        const auto byte = static_cast<unsigned char>(c);
        if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
            marks.find(c) != std::string_view::npos) {
            text += c;
        } else {
            text += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return text;
}

// To the same path with a slash behind it, the query kept. The decoded path is the site's own; the
// target as sent may be "//host/../../path", which a browser would take for another host (RFC 3986
// 4.2).
Response redirect_to_folder(const Request& request) {
    Response response = http::plain_answer(301);
    std::string location = escaped(request.path) + '/';
    if (!request.query.empty()) {
        location += '?';
        location += request.query;
    }
    response.fields.push_back({"Location", std::move(location)});
    return response;
}

bool any_tag(const Request& request, Known known, bool (*names)(std::string_view, std::string_view),
             const Asset& asset) {
    return std::any_of(request.fields.begin(), request.fields.end(), [&](const http::Field& field) {
        return field.known == known && names(field.value, asset.entity_tag());
    });
}

// The order of RFC 9110 13.2.2. Returns 304 or 412, or 0 for "go on".
int evaluate_preconditions(const Request& request, const Asset& asset) {
    if (request.field(Known::if_match)) {
        if (!any_tag(request, Known::if_match, names_strongly, asset)) {
            return 412;
        }
    } else if (const auto since = request.field(Known::if_unmodified_since)) {
        const auto date = base::parse_http_date(*since);
        if (date && asset.modified() > *date) {
            return 412;
        }
    }
    if (request.field(Known::if_none_match)) {
        return any_tag(request, Known::if_none_match, names_weakly, asset) ? 304 : 0;
    }
    if (const auto since = request.field(Known::if_modified_since)) {
        const auto date = base::parse_http_date(*since);
        return date && asset.modified() <= *date ? 304 : 0;
    }
    return 0;
}

// RFC 9110 13.1.5: an entity tag, strongly compared, or exactly the date of last modification.
bool range_still_applies(const Request& request, const Asset& asset) {
    const auto condition = request.field(Known::if_range);
    if (!condition) {
        return true;
    }
    if (condition->starts_with('"') || condition->starts_with("W/")) {
        return *condition == asset.entity_tag();
    }
    return base::parse_http_date(*condition) == asset.modified();
}

Response answer_range(const Range& range, const Asset& asset) {
    const std::string size = std::to_string(asset.size());
    if (range.kind == Range::Kind::unsatisfiable) {
        Response response = http::plain_answer(416);
        response.fields.push_back({"Content-Range", "bytes */" + size});
        return response;
    }
    Response response;
    response.status = 206;
    response.shared = &asset.fields();
    response.fields.push_back(
        {"Content-Range", "bytes " + std::to_string(range.offset) + "-" +
                              std::to_string(range.offset + range.length - 1) + "/" + size});
    response.body = asset.body(range.offset, range.length);
    return response;
}

Response answer_not_modified(const Asset& asset) {
    Response response;
    response.status = 304;
    response.shared = &asset.validators();
    return response;
}

Response answer_with(const Asset& asset, const Request& request) {
    const int status = evaluate_preconditions(request, asset);
    if (status == 412) {
        return http::plain_answer(412);
    }
    if (status == 304) {
        return answer_not_modified(asset);
    }
    // Ranges are defined for GET alone (RFC 9110 14.2).
    if (request.method == Method::get && request.count(Known::range) == 1 &&
        range_still_applies(request, asset)) {
        const Range range = parse_range(*request.field(Known::range), asset.size());
        if (range.kind != Range::Kind::ignored) {
            return answer_range(range, asset);
        }
    }
    Response response;
    response.shared = &asset.fields();
    response.body = asset.body();
    return response;
}

}  // namespace

std::optional<Response> respond(const Site& site, const Request& request) {
    const Entry* const entry = site.find(request.path);
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (request.method == Method::options) {
        return answer_options();
    }
    if (request.method != Method::get && request.method != Method::head) {
        return refuse_method();
    }
    if (entry->redirect) {
        return redirect_to_folder(request);
    }
    return answer_with(*entry->asset, request);
}

Response respond_not_found(const Site& site) {
    const Asset* const page = site.not_found_page();
    if (page == nullptr) {
        return http::plain_answer(404);
    }
    Response response;
    response.status = 404;
    response.fields.push_back({"Content-Type", "text/html; charset=utf-8"});
    response.body = page->body();
    return response;
}

}  // namespace cloister::site
