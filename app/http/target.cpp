// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/limits.h"
#include "http/fields.h"

namespace cloister::http {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_value(char c) {
    if (is_digit(c)) {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Visible ASCII without '#': a fragment never travels (RFC 9110 4.1). Browsers send some characters
// that RFC 3986 would have them escape ("|", for one); they have one meaning only and are let
// through.
bool is_target_text(std::string_view text) {
    bool good = true;
    for (const char c : text) {
        good = good && c > 0x20 && c < 0x7f && c != '#';
    }
    return good;
}

// Decodes every escape once. False for a malformed one, and for an encoded control byte.
bool decode(std::string_view raw, std::vector<char>& path) {
    path.clear();
    path.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] != '%') {
            path.push_back(raw[at]);
            continue;
        }
        const int high = at + 2 < raw.size() ? hex_value(raw[at + 1]) : -1;
        const int low = at + 2 < raw.size() ? hex_value(raw[at + 2]) : -1;
        const int byte = high * 16 + low;
        if (high < 0 || low < 0 || byte < 0x20 || byte == 0x7f) {
            return false;
        }
        path.push_back(static_cast<char>(byte));
        at += 2;
    }
    return true;
}

// Removes "." and ".." segments in place (RFC 3986 5.2.4). Runs after decoding, so that an encoded
// dot climbs no further than a plain one. False if the path climbs above the root.
bool remove_dot_segments(std::vector<char>& path) {
    std::size_t kept = 0;
    for (std::size_t begin = 0; begin < path.size();) {
        const auto next =
            std::find(path.begin() + static_cast<std::ptrdiff_t>(begin) + 1, path.end(), '/');
        const auto end = static_cast<std::size_t>(next - path.begin());
        const std::string_view segment(path.data() + begin + 1, end - begin - 1);
        if (segment == "..") {
            if (kept == 0) {
                return false;
            }
            while (path[--kept] != '/') {
            }
        } else if (segment != ".") {
            std::copy(path.begin() + static_cast<std::ptrdiff_t>(begin), next,
                      path.begin() + static_cast<std::ptrdiff_t>(kept));
            kept += end - begin;
        }
        if ((segment == "." || segment == "..") && end == path.size()) {
            path[kept++] = '/';  // "/a/." and "/a/b/.." name the folder "/a/".
        }
        begin = end;
    }
    path.resize(kept);
    return true;
}

// "/path?query" to path and query.
bool parse_origin(std::string_view target, Request& request) {
    const std::size_t mark = target.find('?');
    const std::string_view raw = target.substr(0, mark);
    request.target = target;
    request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    if (raw.find('%') == std::string_view::npos && raw.find("/.") == std::string_view::npos) {
        request.path = raw;
        return true;
    }
    if (!decode(raw, request.storage) || !remove_dot_segments(request.storage)) {
        return false;
    }
    request.path = std::string_view(request.storage.data(), request.storage.size());
    return true;
}

// "http://host:port/path?query" (RFC 9112 3.2.2), which every server must accept.
bool parse_absolute(std::string_view target, Request& request) {
    const std::size_t colon = target.find("://");
    if (colon == std::string_view::npos ||
        !(equals_ignoring_case(target.substr(0, colon), "http") ||
          equals_ignoring_case(target.substr(0, colon), "https"))) {
        return false;
    }
    const std::string_view rest = target.substr(colon + 3);
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    request.authority = rest.substr(0, end);
    if (!is_authority(request.authority)) {
        return false;
    }
    const std::string_view origin = rest.substr(end);
    if (origin.starts_with('/')) {
        return parse_origin(origin, request);
    }
    // "http://host?query": the origin form has a slash that was not sent.
    request.storage.assign(1, '/');
    request.storage.insert(request.storage.end(), origin.begin(), origin.end());
    return parse_origin({request.storage.data(), request.storage.size()}, request);
}

// unreserved, sub-delims and whole escapes, at least one (RFC 3986 3.2.2, reg-name).
bool is_host_name(std::string_view name) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=";
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char lower = static_cast<char>(name[at] | 0x20);
        if (name[at] == '%') {
            if (name.size() - at < 3 || hex_value(name[at + 1]) < 0 ||
                hex_value(name[at + 2]) < 0) {
                return false;
            }
        } else if (!is_digit(name[at]) && !(lower >= 'a' && lower <= 'z') &&
                   marks.find(name[at]) == std::string_view::npos) {
            return false;
        }
    }
    return !name.empty();
}

// Of an authority: that it has a port and that this is not empty, as CONNECT demands (RFC 9110
// 9.3.6).
bool has_port(std::string_view authority) {
    return is_digit(authority.back()) &&
           authority.find(':', authority.find(']') + 1) != std::string_view::npos;
}

bool is_port(std::string_view port) {
    int value = 0;
    for (const char c : port) {
        if (!is_digit(c) || value > 6553) {
            return false;
        }
        value = value * 10 + (c - '0');
    }
    return value <= 65535;
}

}  // namespace

int parse_method_and_target(std::string_view method, std::string_view target, Request& request) {
    if (target.size() > base::limits::target_bytes) {
        return 414;
    }
    const std::optional<Method> known = method_named(method);
    if (!known) {
        return 501;
    }
    request.method = *known;
    return parse_target(target, request) ? 0 : 400;
}

bool parse_target(std::string_view target, Request& request) {
    if (target.empty() || !is_target_text(target)) {
        return false;
    }
    if (request.method == Method::connect) {
        request.target = request.path = request.authority = target;
        return is_authority(target) && has_port(target);
    }
    if (target == "*") {
        request.target = request.path = target;
        return request.method == Method::options;
    }
    return target.front() == '/' ? parse_origin(target, request) : parse_absolute(target, request);
}

bool is_authority(std::string_view text) {
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        const std::string literal(text.substr(1, end - 1));
        in6_addr address{};
        if (literal.find('\0') != std::string::npos ||
            ::inet_pton(AF_INET6, literal.c_str(), &address) != 1) {
            return false;
        }
        ++end;
    } else {
        end = std::min(text.find(':'), text.size());
        if (!is_host_name(text.substr(0, end))) {
            return false;
        }
    }
    return end == text.size() || (text[end] == ':' && is_port(text.substr(end + 1)));
}

}  // namespace cloister::http
