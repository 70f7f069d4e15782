// SPDX-License-Identifier: MIT
// Any header list: what is accepted has one meaning only, and keeps it when it is sent again. The
// first byte says whether it came over TLS, then fields follow, each with a line feed behind its
// name and a NUL behind its value; ordinary pseudo-header fields come first if the byte asks for
// them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/limits.h"
#include "http/fields.h"
#include "http/header_block.h"
#include "http/target.h"

namespace {

using cloister::http::BlockFraming;
using cloister::http::Field;
using cloister::http::HeaderBlock;
using cloister::http::Known;
using cloister::http::Method;
using cloister::http::Request;
namespace limits = cloister::base::limits;

void demand(bool condition) {
    if (!condition) {
        std::abort();
    }
}

// Cuts `text` behind the first `end` and returns what was before it.
std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return before;
}

void add_pseudo(HeaderBlock& block, std::string_view method, std::string_view target,
                std::string_view authority) {
    block.add(":method", method);
    block.add(":authority", authority);
    if (method != "CONNECT") {
        block.add(":scheme", "https");
        block.add(":path", target);
    }
}

void demand_valid_fields(const Request& request) {
    demand(request.fields.size() <= limits::field_count);
    demand(request.count(Known::host) <= 1 && request.count(Known::content_length) <= 1);
    std::size_t cookies = 0;
    std::size_t bytes = 0;
    for (const Field& field : request.fields) {
        demand(cloister::http::is_token(field.name));
        demand(cloister::http::lower_case(field.name) == field.name);
        demand(!cloister::http::is_connection_specific(field.name));
        demand(cloister::http::is_field_value(field.value));
        demand(cloister::http::trim(field.value).size() == field.value.size() ||
               field.name == "cookie");  // An empty crumb at the end leaves its "; ".
        cookies += field.name == "cookie" ? 1 : 0;
        bytes += field.name.size() + field.value.size();
    }
    demand(cookies <= 1 && bytes <= limits::head_bytes);
}

void demand_safe_target(const Request& request) {
    demand(cloister::http::is_authority(request.authority));
    demand(request.target.size() <= limits::target_bytes);
    const std::string_view path = request.path;
    if (request.method == Method::connect) {
        demand(path == request.authority && path == request.target);
        return;
    }
    if (path == "*") {
        demand(request.method == Method::options);
        return;
    }
    demand(path.starts_with('/') && request.target.starts_with('/'));
    demand(path.find("/../") == path.npos && path.find("/./") == path.npos);
    demand(!path.ends_with("/..") && !path.ends_with("/."));
    demand(cloister::http::is_field_value(path) && path.find('\t') == path.npos);
}

void demand_same_again(const Request& request, const BlockFraming& framing) {
    HeaderBlock block;
    add_pseudo(block, name_of(request.method), request.target, request.authority);
    for (const Field& field : request.fields) {
        if (field.name == "cookie") {
            block.add(field.name, cloister::http::trim(field.value));
        } else {
            block.add(field.name, field.value);
        }
    }
    Request again;
    BlockFraming framing_again;
    const int status = block.finish(request.secure, again, framing_again);
    // With a Host alone, ":authority" is new and may be what no longer fits.
    demand(status == 0 || status == 431);
    if (status == 0) {
        demand(again.path == request.path && again.query == request.query);
        demand(again.authority == request.authority);
        demand(again.fields.size() == request.fields.size() && again.present == request.present);
        demand(framing_again.content_length == framing.content_length);
        demand(framing_again.expects_continue == framing.expects_continue);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool secure = (data[0] & 1U) != 0;
    HeaderBlock block;
    if ((data[0] & 2U) != 0) {
        add_pseudo(block, "GET", "/", "h");
    }
    while (!input.empty()) {
        const std::string_view name = cut(input, '\n');
        block.add(name, cut(input, '\0'));
    }
    Request request;
    BlockFraming framing;
    const int status = block.finish(secure, request, framing);
    demand(!block.is_flooding() || status == 431 || status == 414);
    if (status == 0) {
        demand(request.secure == secure);
        demand_valid_fields(request);
        demand_safe_target(request);
        demand_same_again(request, framing);
        const Request own = Request(request).detached();
        demand(own.path == request.path && own.fields.size() == request.fields.size());
    }
    return 0;
}
