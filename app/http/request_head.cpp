// SPDX-License-Identifier: MIT
#include "http/request_head.h"

#include <algorithm>

#include "base/limits.h"
#include "http/fields.h"
#include "http/target.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "HTTP/1.1" and its kin (RFC 9112 2.3). Returns 0 or a status.
int parse_version(std::string_view version, Framing& framing) {
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
        version[6] != '.' || !is_digit(version[7])) {
        return 400;
    }
    if (version[5] != '1') {
        return version[5] == '0' ? 400 : 505;
    }
    framing.http_1_0 = version[7] == '0';
    framing.keep_alive = !framing.http_1_0;
    return 0;
}

// RFC 9112 3: method SP target SP version, one space each. Returns 0 or a status.
int parse_request_line(std::string_view line, Request& request, Framing& framing) {
    const std::size_t method_end = line.find(' ');
    const std::size_t version_begin = line.rfind(' ');
    if (method_end == std::string_view::npos || version_begin <= method_end ||
        !is_token(line.substr(0, method_end)) || line == "PRI * HTTP/2.0") {
        return 400;  // The last is HTTP/2's preface (RFC 9113 3.4), which this connection does not
                     // speak.
    }
    const std::string_view method = line.substr(0, method_end);
    const std::string_view target = line.substr(method_end + 1, version_begin - method_end - 1);
    if (const int refused = parse_version(line.substr(version_begin + 1), framing); refused != 0) {
        return refused;
    }
    const int refused = parse_method_and_target(method, target, request);
    framing.head_only = request.method == Method::head;
    return refused;
}

// RFC 9112 5: name ":" OWS value OWS. Returns 0 or a status.
int parse_field_line(std::string_view line, Request& request) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return 400;  // Also a folded line and a space before the colon (RFC 9112 5.1 and 5.2).
    }
    if (request.fields.size() == limits::field_count) {
        return 431;
    }
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_field_value(value)) {
        return 400;
    }
    append_field(line.substr(0, colon), value, request);
    return 0;
}

// RFC 9112 6.3, stricter: any doubt about the body's end is a refusal. Returns 0 or a status.
int decide_body(const Request& request, Framing& framing) {
    const auto coding = request.field(Known::transfer_encoding);
    const auto length = request.field(Known::content_length);
    if (coding) {
        if (length || framing.http_1_0 || request.count(Known::transfer_encoding) != 1) {
            return 400;
        }
        framing.chunked = equals_ignoring_case(*coding, "chunked");
        return framing.chunked ? 0 : 501;
    }
    if (length && (request.count(Known::content_length) != 1 ||
                   !parse_content_length(*length, framing.content_length))) {
        return 400;
    }
    return 0;
}

// RFC 9112 3.2: exactly one Host, valid; HTTP/1.0 may leave it away. Returns 0 or a status.
int decide_authority(Request& request, const Framing& framing) {
    const auto host = request.field(Known::host);
    if (!host) {
        return framing.http_1_0 ? 0 : 400;
    }
    if (request.count(Known::host) != 1 || !is_authority(*host)) {
        return 400;
    }
    if (request.authority
            .empty()) {  // An absolute target has said it, and counts (RFC 9112 3.2.2).
        request.authority = *host;
    }
    return 0;
}

// RFC 9112 9.3: the options of all Connection fields, each a token in a list.
void decide_persistence(const Request& request, Framing& framing) {
    for (const Field& field : request.fields) {
        if (field.known != Known::connection) {
            continue;
        }
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            const std::string_view option = trim(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            if (equals_ignoring_case(option, "close")) {
                framing.keep_alive = false;
                return;
            }
            framing.keep_alive = framing.keep_alive || equals_ignoring_case(option, "keep-alive");
        }
    }
}

// No longer request line is accepted, its CRLF not counted: beside the target it has at most 17
// bytes.
constexpr std::size_t request_line_bytes = limits::target_bytes + 32;

// Refuses what cannot become a request even though its end has not come: looks at the first `seen`
// bytes, which have no line feed behind `scan.scanned`. It judges in the order of the bytes, so
// that the answer is the same however they were split. Returns 0 or a status.
int refuse_early(std::string_view input, std::size_t seen, HeadScan& scan) {
    if (!is_token(input.substr(0, 1))) {
        return 400;
    }
    if (scan.scanned == 0) {
        return seen > request_line_bytes + 1 ? 414 : 0;
    }
    if (!scan.request_line_checked) {
        Request request;
        Framing framing;
        const std::string_view line = input.substr(0, input.find("\r\n"));
        if (const int refused = parse_request_line(line, request, framing); refused != 0) {
            return refused;
        }
        scan.request_line_checked = true;
    }
    return seen >= limits::head_bytes ? 431 : 0;
}

}  // namespace

HeadEnd find_head_end(std::string_view input, HeadScan& scan) {
    while (true) {
        const std::size_t line_feed = input.find('\n', scan.scanned);
        const std::size_t seen = std::min(line_feed, input.size());
        const std::size_t limit =
            scan.scanned == 0 ? request_line_bytes + 1 : limits::head_bytes - 1;
        if (seen == input.size() || seen > limit || seen == 0 || input[seen - 1] != '\r') {
            const int refused = input.empty() ? 0 : refuse_early(input, seen, scan);
            const bool bare_line_feed = seen != input.size();
            return {.refused = refused == 0 && bare_line_feed ? 400 : refused};
        }
        const bool empty_line = line_feed - 1 == scan.scanned;
        scan.scanned = line_feed + 1;
        if (empty_line) {
            return {.length = scan.scanned};
        }
    }
}

int parse_request_head(std::string_view head, Request& request, Framing& framing) {
    request.clear();
    framing = {};
    std::size_t end = head.find("\r\n");
    if (const int refused = parse_request_line(head.substr(0, end), request, framing);
        refused != 0) {
        return refused;
    }
    for (std::size_t begin = end + 2; (end = head.find("\r\n", begin)) != begin; begin = end + 2) {
        if (const int refused = parse_field_line(head.substr(begin, end - begin), request);
            refused != 0) {
            return refused;
        }
    }
    for (const int refused : {decide_body(request, framing), decide_authority(request, framing),
                              decide_expectation(request, framing.expects_continue)}) {
        if (refused != 0) {
            return refused;
        }
    }
    // A 1.0 client would take a 100 for the answer (RFC 9110 10.1.1).
    framing.expects_continue = framing.expects_continue && !framing.http_1_0;
    decide_persistence(request, framing);
    return 0;
}

}  // namespace cloister::http
