// SPDX-License-Identifier: MIT
// Any bytes as a head: what is accepted has one meaning only.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"
#include "http/fields.h"
#include "http/request_head.h"
#include "http/target.h"

namespace {

using cloister::http::Field;
using cloister::http::Framing;
using cloister::http::Known;
using cloister::http::Method;
using cloister::http::Request;
namespace limits = cloister::base::limits;

void demand(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void demand_one_meaning(const Request& request, const Framing& framing) {
    demand(request.count(Known::host) == 1 ||
           (framing.http_1_0 && request.count(Known::host) == 0));
    demand(request.authority.empty() ? framing.http_1_0
                                     : cloister::http::is_authority(request.authority));
    demand(request.count(Known::transfer_encoding) == (framing.chunked ? 1U : 0U));
    demand(request.count(Known::content_length) <= (framing.chunked ? 0U : 1U));
    demand(!framing.chunked || !framing.http_1_0);
    demand(framing.content_length == 0 || request.count(Known::content_length) == 1);
    demand(request.fields.size() <= limits::field_count);
    for (const Field& field : request.fields) {
        demand(cloister::http::is_token(field.name) && cloister::http::is_field_value(field.value));
        demand(field.value.empty() || (field.value.front() != ' ' && field.value.back() != ' '));
    }
}

void demand_safe_path(const Request& request) {
    const std::string_view path = request.path;
    if (request.method == Method::connect || path == "*") {
        return;
    }
    demand(path.starts_with('/') && request.target.starts_with('/'));
    demand(path.size() <= limits::target_bytes && path.find("/../") == path.npos &&
           path.find("/./") == path.npos);
    demand(!path.ends_with("/..") && !path.ends_with("/."));
    demand(std::none_of(path.begin(), path.end(),
                        [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    cloister::http::HeadScan scan;
    const cloister::http::HeadEnd end = cloister::http::find_head_end(input, scan);
    demand(end.length == 0 || end.refused == 0);
    if (end.length == 0) {
        return 0;
    }
    demand(end.length <= limits::head_bytes && input.substr(0, end.length).ends_with("\r\n"));
    Request request;
    Framing framing;
    if (cloister::http::parse_request_head(input.substr(0, end.length), request, framing) == 0) {
        demand_one_meaning(request, framing);
        demand_safe_path(request);
        const Request own = Request(request).detached();
        demand(own.path == request.path && own.fields.size() == request.fields.size());
    }
    return 0;
}
