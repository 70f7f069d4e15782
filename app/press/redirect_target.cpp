// SPDX-License-Identifier: MIT
#include "press/redirect_target.h"

#include <algorithm>
#include <optional>

#include "http/fields.h"
#include "http/percent.h"
#include "http/target.h"
#include "site/expand.h"
#include "site/pattern.h"

namespace cloister::press {

namespace {

// What may stand in a Location as it is: URI characters (RFC 3986 2), '%' of escapes among them.
bool is_uri_byte(char c) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?#[]%";
    const char lower = http::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

// A reference that cannot be followed while the host is chosen would let whoever asks choose it.
std::string_view cut_host(std::string_view& text, const std::vector<std::string>& names,
                          const Refuse& refuse) {
    const std::size_t scheme = text.find("//") + 2;
    const std::size_t end = std::min(text.find_first_of("/?#", scheme), text.size());
    const std::string_view origin = text.substr(0, end);
    const std::string_view host = origin.substr(scheme);
    for (std::size_t at = 0; at < host.size(); ++at) {
        std::size_t length = 0;
        if (read_reference(host.substr(at), names, length) != std::string::npos) {
            refuse("a placeholder in the host would let whoever asks choose where others are sent");
        }
    }
    if (!http::is_authority(host)) {
        refuse("\"" + std::string(host) + "\" is no host");
    }
    text.remove_prefix(end);
    return origin;
}

}  // namespace

std::string compile_target(std::string_view text, const std::vector<std::string>& names,
                           bool is_page, const Refuse& refuse) {
    std::string target;
    if (text.starts_with("//")) {
        refuse("\"//\" at the beginning leads to another host; write https:// if that is meant");
    }
    if (!text.starts_with('/')) {
        if (is_page) {
            refuse(
                "a page of another host cannot be served from here: there is no connection out; "
                "redirect with 301 or 302");
        }
        target = cut_host(text, names, refuse);
    }
    if (is_page && text.find_first_of("?#") != std::string_view::npos) {
        refuse("a page that is served has no query and no fragment");
    }
    if (text.find('*') != std::string_view::npos && is_page) {
        refuse("what a * stood for is :splat in the target");
    }
    while (!text.empty()) {
        std::size_t length = 0;
        const std::size_t number = read_reference(text, names, length);
        if (number != std::string::npos) {
            target += {site::placeholder_mark,
                       static_cast<char>(site::first_reference + static_cast<char>(number))};
            text.remove_prefix(length);
            continue;
        }
        if (length > 0) {
            refuse("the path has no \"" + std::string(text.substr(0, length)) +
                   "\"; write %3A if a colon is meant");
        }
        length = text.front() == '%' ? 3 : 1;
        const std::string_view piece = text.substr(0, length);
        const std::optional<std::string> byte = http::decode(piece);
        if (!byte || byte->size() != 1 || !http::is_field_value(*byte)) {
            refuse("a % has two hexadecimal digits behind it, of no control byte; write %25 for %");
        } else if (is_page) {
            target += *byte;
        } else {
            target += is_uri_byte(text.front()) ? std::string(piece) : http::encode_value(piece);
        }
        text.remove_prefix(std::min(length, text.size()));
    }
    return target;
}

}  // namespace cloister::press
