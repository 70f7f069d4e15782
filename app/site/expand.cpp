// SPDX-License-Identifier: MIT
#include "site/expand.h"

#include <algorithm>

#include "http/percent.h"

namespace cloister::site {

namespace {

// The capture that the reference at `at` is to, decoded. Empty for one that nobody made.
std::string referred(std::string_view target, std::size_t at, const Captures& captures,
                     std::size_t first_raw) {
    const auto number = at + 1 < target.size()
                            ? static_cast<std::size_t>(static_cast<unsigned char>(target[at + 1])) -
                                  static_cast<std::size_t>(first_reference)
                            : captures.count;
    if (number >= captures.count) {
        return {};
    }
    const std::string_view value = captures.values.at(number);
    return number < first_raw ? std::string(value) : http::decode_value(value);
}

// Appends to a path that is built up, and keeps runs of slashes from it.
void append_path(std::string_view text, std::string& path) {
    for (const char c : text) {
        if (c != '/' || path.empty() || path.back() != '/') {
            path += c;
        }
    }
}

}  // namespace

std::string expand_location(std::string_view target, const Captures& captures,
                            std::size_t first_raw, std::string_view query) {
    const std::size_t fragment = std::min(target.find('#'), target.size());
    const bool stays_here = target.starts_with('/');
    std::string location;
    bool in_path = true;
    const auto append = [&](std::string_view text) {
        if (stays_here && in_path) {
            append_path(text, location);
        } else {
            location += text;
        }
    };
    for (std::size_t at = 0; at < target.size(); ++at) {
        if (at == fragment && in_path && !query.empty()) {
            location += '?';
            location += query;
        }
        if (target[at] == placeholder_mark) {
            const std::string value = referred(target, at, captures, first_raw);
            append(in_path ? http::encode_path(value) : http::encode_value(value));
            ++at;
            continue;
        }
        in_path = in_path && target[at] != '?' && target[at] != '#';
        append(target.substr(at, 1));
    }
    if (fragment == target.size() && in_path && !query.empty()) {
        location += '?';
        location += query;
    }
    return location;
}

std::string expand_path(std::string_view target, const Captures& captures, std::size_t first_raw) {
    std::string path;
    for (std::size_t at = 0; at < target.size(); ++at) {
        if (target[at] == placeholder_mark) {
            append_path(referred(target, at, captures, first_raw), path);
            ++at;
        } else {
            append_path(target.substr(at, 1), path);
        }
    }
    return path;
}

}  // namespace cloister::site
