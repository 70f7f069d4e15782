// SPDX-License-Identifier: MIT
#include "site/responder.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "site/conditions.h"
#include "site/negotiation.h"
#include "site/parts.h"
#include "site/ranges.h"
#include "site/redirects.h"

namespace cloister::site {

using http::Known;
using http::Method;
using http::Request;
using http::Response;

namespace {

constexpr const char* allowed_methods = "GET, HEAD, OPTIONS";

// A request, and who was asked.
struct Question {
    const Site& site;
    const Host& host;
    const Request& request;
};

// An answer that no entry makes, with the fields of its host.
Response as_host(const Question& question, Response response) {
    const auto& [site, host, request] = question;
    response.shared[0] = site.fields(host.fields);
    response.shared[2] = site.fields(request.secure ? host.secure_fields : 0);
    return response;
}

// Lends an answer of `entry` its fields. Not by value: this is done for nearly every answer.
void lend_fields(const Question& question, const Entry& entry, Block fields, Response& response) {
    response.shared[0] = question.site.fields(fields);
    response.shared[2] = question.site.fields(question.request.secure ? entry.secure_fields : 0);
}

Response answer_options(const Question& question) {
    Response response;
    response.status = 204;
    response.fields.push_back({"Allow", allowed_methods});
    return as_host(question, std::move(response));
}

Response refuse_method(const Question& question) {
    Response response = http::plain_answer(405);
    response.fields.push_back({"Allow", allowed_methods});
    return as_host(question, std::move(response));
}

// A redirect, or the status in words.
Response answer_without_body(const Question& question, const Entry& entry) {
    const auto& [site, host, request] = question;
    Response response = http::plain_answer(entry.status);
    if (entry.location.length != 0) {
        std::string location(site.text(entry.location));
        if ((entry.flags & entry_keeps_query) != 0 && !request.query.empty()) {
            location += '?';
            location += request.query;
        }
        response.fields.push_back({"Location", std::move(location)});
    }
    lend_fields(question, entry, entry.fields, response);
    return response;
}

Response answer_unsatisfiable(const Question& question, std::uint64_t size) {
    Response response = http::plain_answer(416);
    response.fields.push_back({"Content-Range", "bytes */" + std::to_string(size)});
    return as_host(question, std::move(response));
}

Validators validators_of(const Site& site, const Content& content) {
    return {.tag = site.text(content.entity_tag),
            .modified = std::chrono::sys_seconds(std::chrono::seconds(content.modified))};
}

// None of the representations is one that the client takes.
Response refuse_codings(const Question& question) {
    Response response = http::plain_answer(406);
    response.fields.push_back({"Vary", "Accept-Encoding"});
    return as_host(question, std::move(response));
}

// The 304 or the 412 that the request asks for; nothing if it is to be answered.
std::optional<Response> answer_conditions(const Question& question, const Entry& entry,
                                          const Variant& variant) {
    const auto& [site, host, request] = question;
    const Content& content = site.content(variant);
    const int status = evaluate_preconditions(request, validators_of(site, content));
    if (status == 412) {
        return as_host(question, http::plain_answer(412));
    }
    if (status == 0) {
        return std::nullopt;
    }
    Response response;
    response.status = 304;
    lend_fields(question, entry, variant.not_modified, response);
    response.shared[1] = site.fields(content.validators);
    return response;
}

// What the request asks of `whole`, the representation that is not coded. Ranges are defined for
// GET alone (RFC 9110 14.2). A date does not tell one coding from another, so it counts only for a
// client that would be sent this one anyway.
Ranges ranges_asked_for(const Question& question, const Variant& whole, bool is_chosen) {
    const auto& [site, host, request] = question;
    const Content& content = site.content(whole);
    if (request.method != Method::get || request.count(Known::range) != 1 ||
        !range_still_applies(request, validators_of(site, content), is_chosen)) {
        return {};
    }
    return Ranges::of(*request.field(Known::range), content.length);
}

// The answer with parts of the file; nothing if everything is to be sent, in any coding.
std::optional<Response> answer_range(const Question& question, const Entry& entry,
                                     const Variant& chosen) {
    const auto& [site, host, request] = question;
    const Variant* const whole = uncoded(site, entry, request);
    if (whole == nullptr) {
        return std::nullopt;
    }
    const Ranges ranges = ranges_asked_for(question, *whole, whole == &chosen);
    if (ranges.kind() == Ranges::Kind::ignored) {
        return std::nullopt;
    }
    if (std::optional<Response> conditional = answer_conditions(question, entry, *whole)) {
        return conditional;
    }
    if (ranges.kind() == Ranges::Kind::unsatisfiable) {
        return answer_unsatisfiable(question, site.content(*whole).length);
    }
    Response response = answer_with_parts(site, *whole, ranges.parts());
    response.shared[2] = site.fields(request.secure ? entry.secure_fields : 0);
    return response;
}

// A file under its own status, 200, to which conditions and ranges apply.
Response answer_file(const Question& question, const Entry& entry) {
    const auto& [site, host, request] = question;
    const Variant* const chosen = negotiate(site, entry, request);
    if (chosen == nullptr) {
        return refuse_codings(question);
    }
    if (request.has(Known::range)) {
        if (std::optional<Response> partial = answer_range(question, entry, *chosen)) {
            return *std::move(partial);
        }
    }
    if (std::optional<Response> conditional = answer_conditions(question, entry, *chosen)) {
        return *std::move(conditional);
    }
    const Content& content = site.content(*chosen);
    Response response;
    response.body = site.body(content);
    lend_fields(question, entry, chosen->fields, response);
    response.shared[1] = site.fields(content.validators);
    return response;
}

// A file under another status: it is not what was asked for, so nothing tells it from another. Who
// takes none of its codings is told all the same.
Response answer_page(const Question& question, const Entry& entry, int status) {
    const auto& [site, host, request] = question;
    const Variant* const chosen = negotiate(site, entry, request);
    const Variant& variant = chosen == nullptr ? site.variants(entry).front() : *chosen;
    Response response;
    response.status = status;
    response.body = site.body(site.content(variant));
    lend_fields(question, entry, variant.fields, response);
    return response;
}

Response answer_entry(const Question& question, const Entry& entry) {
    const Method method = question.request.method;
    if (method == Method::options) {
        return answer_options(question);
    }
    if (method != Method::get && method != Method::head) {
        return refuse_method(question);
    }
    if (entry.variant_count == 0) {
        return answer_without_body(question, entry);
    }
    return entry.status == 200 ? answer_file(question, entry)
                               : answer_page(question, entry, entry.status);
}

// A path at which nothing stands.
Response answer_missing(const Question& question) {
    const auto& [site, host, request] = question;
    const Entry* const entry = site.fallback(host, request.path);
    if (entry == nullptr) {
        return as_host(question, http::plain_answer(404));
    }
    // A page that says "not found" says so whatever the method.
    if (entry->status == 404 && entry->variant_count != 0) {
        return answer_page(question, *entry, 404);
    }
    return answer_entry(question, *entry);
}

// What a rule of the host says of the request. `is_taken`: something stands at its path, so that
// only forced rules count.
std::optional<Response> follow_rules(const Question& question, bool is_taken) {
    const auto& [site, host, request] = question;
    const std::optional<Redirects::Verdict> verdict = site.redirects(host).judge(request, is_taken);
    if (!verdict) {
        return std::nullopt;
    }
    if (verdict->status != 200 && verdict->status != 404) {
        Response response = http::plain_answer(verdict->status);
        response.fields.push_back({"Location", verdict->target});
        return as_host(question, std::move(response));
    }
    // The target of a rule is no request: rules are not asked again, so they cannot go in circles.
    const Entry* const entry = site.find(host, verdict->target);
    if (entry == nullptr) {
        return answer_missing(question);
    }
    if (verdict->status == 404 && entry->variant_count != 0) {
        return answer_page(question, *entry, 404);
    }
    return answer_entry(question, *entry);
}

}  // namespace

std::optional<Response> respond(const Site& site, const Request& request) {
    const Host* const host = site.host_of(request.authority);
    if (host == nullptr) {
        return http::plain_answer(421);
    }
    const Entry* const entry = site.find(*host, request.path);
    if (entry == nullptr) {
        return std::nullopt;
    }
    const Question question{site, *host, request};
    std::optional<Response> ruled = follow_rules(question, true);
    return ruled ? std::move(ruled) : answer_entry(question, *entry);
}

Response respond_not_found(const Site& site, const Request& request) {
    const Host* const host = site.host_of(request.authority);
    if (host == nullptr) {
        return http::plain_answer(421);
    }
    const Question question{site, *host, request};
    std::optional<Response> ruled = follow_rules(question, false);
    return ruled ? std::move(*ruled) : answer_missing(question);
}

}  // namespace cloister::site
