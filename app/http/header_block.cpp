// SPDX-License-Identifier: MIT
#include "http/header_block.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "http/fields.h"
#include "http/target.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

// What a field costs beside its bytes (RFC 9113 6.5.2).
constexpr std::size_t field_overhead_bytes = 32;

// RFC 9113 8.3.1. Values as sent; nothing for those that were not.
struct Pseudo {
    std::optional<std::string_view> method;
    std::optional<std::string_view> scheme;
    std::optional<std::string_view> path;
    std::optional<std::string_view> authority;
};

struct PseudoName {
    std::string_view name;
    std::optional<std::string_view> Pseudo::*member;
};

constexpr std::array pseudo_names = {
    PseudoName{":method", &Pseudo::method},
    PseudoName{":scheme", &Pseudo::scheme},
    PseudoName{":path", &Pseudo::path},
    PseudoName{":authority", &Pseudo::authority},
};

// False for a second one of its name, and for one that requests do not have.
bool take_pseudo(std::string_view name, std::string_view value, Pseudo& pseudo) {
    const auto* const row =
        std::find_if(pseudo_names.begin(), pseudo_names.end(),
                     [name](const PseudoName& known) { return known.name == name; });
    if (row == pseudo_names.end() || pseudo.*row->member) {
        return false;
    }
    pseudo.*row->member = value;
    return true;
}

// Over TLS, "http" would ask for a page as if it were not protected; without TLS, "https" is what a
// proxy that ends TLS before us passes on.
bool is_scheme(std::string_view scheme, bool secure) {
    return equals_ignoring_case(scheme, "https") ||
           (!secure && equals_ignoring_case(scheme, "http"));
}

// RFC 9113 8.3.1 and, for CONNECT, 8.5. Returns 0 or a status.
int decide_target(const Pseudo& pseudo, bool secure, Request& request) {
    if (!pseudo.method || !is_token(*pseudo.method)) {
        return 400;
    }
    if (*pseudo.method == name_of(Method::connect)) {
        if (pseudo.scheme || pseudo.path || !pseudo.authority) {
            return 400;
        }
        return parse_method_and_target(*pseudo.method, *pseudo.authority, request);
    }
    if (!pseudo.path || !pseudo.scheme || !is_scheme(*pseudo.scheme, secure)) {
        return 400;
    }
    if (const int refused = parse_method_and_target(*pseudo.method, *pseudo.path, request);
        refused != 0) {
        return refused;
    }
    // The absolute form passes above, but here it would name the authority a second time.
    return pseudo.path->starts_with('/') || *pseudo.path == "*" ? 0 : 400;
}

// RFC 9113 8.2.1 and 8.2.2. A name that begins with ':' is no token, so this is also where a
// pseudo-header field behind a regular one ends.
bool is_regular_field(std::string_view name, std::string_view value) {
    return is_token(name) &&
           std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
           is_field_value(value) && trim(value).size() == value.size() &&
           !is_connection_specific(name) &&
           (name != "te" || equals_ignoring_case(value, "trailers"));
}

// RFC 9113 8.1.1. Returns 0 or a status.
int decide_length(const Request& request, std::optional<std::uint64_t>& content_length) {
    const auto value = request.field(Known::content_length);
    if (!value) {
        return 0;
    }
    std::uint64_t length = 0;
    if (request.count(Known::content_length) != 1 || !parse_content_length(*value, length)) {
        return 400;
    }
    content_length = length;
    return 0;
}

// RFC 9113 8.3.1: ":authority" or Host, and if both, then the same. Returns 0 or a status.
int decide_authority(const Pseudo& pseudo, Request& request) {
    const auto host = request.field(Known::host);
    if (host && (request.count(Known::host) != 1 || !is_authority(*host))) {
        return 400;
    }
    if (!pseudo.authority) {
        request.authority = host.value_or(std::string_view());
        return host ? 0 : 400;
    }
    if (!is_authority(*pseudo.authority) ||
        (host && !equals_ignoring_case(*host, lower_case(*pseudo.authority)))) {
        return 400;
    }
    request.authority = *pseudo.authority;
    return 0;
}

}  // namespace

void HeaderBlock::add(std::string_view name, std::string_view value) {
    const bool is_crumb = name == "cookie";
    const bool is_counted = !name.starts_with(':') && !(is_crumb && crumb_count_ != 0);
    counted_bytes_ += name.size() + value.size() + field_overhead_bytes;
    counted_fields_ += is_counted ? 1 : 0;
    crumb_count_ += is_crumb ? 1 : 0;
    // HTTP/1.1 has judged the target before the head has grown too large.
    has_long_target_ = has_long_target_ || (name == ":path" && value.size() > limits::target_bytes);
    if (is_too_large()) {
        bytes_ = std::vector<char>();
        extents_ = std::vector<Extent>();
        return;
    }
    extents_.push_back(
        {.begin = bytes_.size(), .name_length = name.size(), .value_length = value.size()});
    bytes_.insert(bytes_.end(), name.begin(), name.end());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
}

bool HeaderBlock::is_flooding() const {
    return counted_bytes_ > limits::header_flood_bytes;
}

bool HeaderBlock::is_too_large() const {
    return counted_bytes_ > limits::head_bytes || counted_fields_ > limits::field_count;
}

std::string_view HeaderBlock::name_at(const Extent& extent) const {
    return {bytes_.data() + extent.begin, extent.name_length};
}

std::string_view HeaderBlock::value_at(const Extent& extent) const {
    return {bytes_.data() + extent.begin + extent.name_length, extent.value_length};
}

int HeaderBlock::finish(bool secure, Request& request, BlockFraming& framing) {
    request.clear();
    request.secure = secure;
    framing = {};
    if (is_too_large()) {
        return has_long_target_ ? 414 : 431;
    }
    Pseudo pseudo;
    std::size_t first = 0;
    for (; first < extents_.size() && name_at(extents_[first]).starts_with(':'); ++first) {
        if (!take_pseudo(name_at(extents_[first]), value_at(extents_[first]), pseudo)) {
            return 400;
        }
    }
    if (const int refused = decide_target(pseudo, secure, request); refused != 0) {
        return refused;
    }
    framing.head_only = request.method == Method::head;
    if (const int refused = take_fields(first, request); refused != 0) {
        return refused;
    }
    for (const int refused :
         {decide_length(request, framing.content_length), decide_authority(pseudo, request),
          decide_expectation(request, framing.expects_continue)}) {
        if (refused != 0) {
            return refused;
        }
    }
    return 0;
}

// The fields from extents_[first] on. Returns 0 or a status.
int HeaderBlock::take_fields(std::size_t first, Request& request) {
    std::optional<std::size_t> cookie;
    for (std::size_t at = first; at < extents_.size(); ++at) {
        const std::string_view name = name_at(extents_[at]);
        const std::string_view value = value_at(extents_[at]);
        if (!is_regular_field(name, value)) {
            return 400;
        }
        if (name == "cookie") {
            if (cookie) {
                continue;
            }
            cookie = request.fields.size();
        }
        append_field(name, value, request);
    }
    if (cookie && crumb_count_ > 1) {
        request.fields[*cookie].value = join_crumbs();
    }
    return 0;
}

// RFC 9113 8.2.3: clients may send a cookie in crumbs, because they compress better; handlers see
// it whole, as over HTTP/1.1.
std::string_view HeaderBlock::join_crumbs() {
    constexpr std::string_view separator = "; ";
    cookie_.clear();
    for (const Extent& extent : extents_) {
        if (name_at(extent) == "cookie") {
            const std::string_view crumb = value_at(extent);
            cookie_.insert(cookie_.end(), crumb.begin(), crumb.end());
            cookie_.insert(cookie_.end(), separator.begin(), separator.end());
        }
    }
    return {cookie_.data(), cookie_.size() - separator.size()};
}

void HeaderBlock::clear() {
    bytes_.clear();
    extents_.clear();
    cookie_.clear();
    counted_bytes_ = 0;
    counted_fields_ = 0;
    crumb_count_ = 0;
    has_long_target_ = false;
}

}  // namespace cloister::http
