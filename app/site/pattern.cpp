// SPDX-License-Identifier: MIT
#include "site/pattern.h"

#include <algorithm>

namespace cloister::site {

namespace {

constexpr std::size_t no_match = std::string_view::npos;

// Matches `front` against the beginning of `path`, with the captures from `first` on. Returns how
// much of the path that takes, or no_match.
std::size_t match_front(std::string_view front, std::string_view path, std::string_view* captures) {
    std::size_t at = 0;
    for (std::size_t index = 0; index < front.size(); ++index) {
        if (front[index] != placeholder_mark) {
            if (at == path.size() || path[at] != front[index]) {
                return no_match;
            }
            ++at;
            continue;
        }
        // The segment goes to the placeholder, but for the bytes that the pattern has behind it.
        const std::size_t tail = std::min(front.find('/', index), front.size()) - index - 1;
        const std::size_t end = std::min(path.find('/', at), path.size());
        if (end - at <= tail) {
            return no_match;
        }
        *captures++ = path.substr(at, end - at - tail);
        at = end - tail;
    }
    return at;
}

// Matches `back` against the end of `path`, filling the captures before `captures_end`. Returns
// how much of the path is left, or no_match.
std::size_t match_back(std::string_view back, std::string_view path,
                       std::string_view* captures_end) {
    std::size_t end = path.size();
    for (std::size_t index = back.size(); index-- > 0;) {
        if (back[index] != placeholder_mark) {
            if (end == 0 || path[end - 1] != back[index]) {
                return no_match;
            }
            --end;
            continue;
        }
        const std::size_t lead = index - (back.rfind('/', index) + 1);  // npos + 1 is 0
        const std::size_t begin = path.substr(0, end).rfind('/') + 1;
        if (end - begin <= lead) {
            return no_match;
        }
        *--captures_end = path.substr(begin + lead, end - begin - lead);
        end = begin + lead;
    }
    return end;
}

std::size_t placeholders_in(std::string_view pattern) {
    return static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), placeholder_mark));
}

bool matches_exactly(std::string_view pattern, std::string_view path, Captures& captures) {
    captures.count = placeholders_in(pattern);
    return captures.count <= captures.values.size() &&
           match_front(pattern, path, captures.values.data()) == path.size();
}

}  // namespace

bool matches(std::string_view pattern, std::string_view path, Captures& captures) {
    const std::size_t splat = pattern.find(splat_mark);
    if (splat == std::string_view::npos) {
        return matches_exactly(without_slash(pattern), without_slash(path), captures);
    }
    const std::string_view front = pattern.substr(0, splat);
    std::string_view back = pattern.substr(splat + 1);
    if (back.empty() && front.ends_with('/') && front.size() > 1 &&
        matches_exactly(front.substr(0, front.size() - 1), path, captures) &&
        captures.count < captures.values.size()) {
        captures.values.at(captures.count++) = {};  // "/news" for "/news/*"
        return true;
    }
    if (!back.empty()) {
        back = without_slash(back);
        path = without_slash(path);
    }
    const std::size_t in_front = placeholders_in(front);
    captures.count = in_front + 1 + placeholders_in(back);
    if (captures.count > captures.values.size()) {
        return false;
    }
    std::string_view* const values = captures.values.data();
    const std::size_t begin = match_front(front, path, values);
    if (begin == no_match) {
        return false;
    }
    const std::string_view rest = path.substr(begin);
    const std::size_t length = match_back(back, rest, values + captures.count);
    if (length == no_match) {
        return false;
    }
    captures.values.at(in_front) = rest.substr(0, length);
    return true;
}

}  // namespace cloister::site
