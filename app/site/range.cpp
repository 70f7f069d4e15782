// SPDX-License-Identifier: MIT
#include "site/range.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/fields.h"

namespace cloister::site {

namespace {

// 1*DIGIT and nothing else. A number beyond 64 bits is as good as the largest one.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    if (text.empty() ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() ? value : UINT64_MAX;
}

}  // namespace

Range parse_range(std::string_view field, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!http::equals_ignoring_case(field.substr(0, unit.size()), unit)) {
        return {};
    }
    const std::string_view spec = field.substr(unit.size());
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) {
        return {};
    }
    const auto first = parse_position(spec.substr(0, dash));
    const auto last = parse_position(spec.substr(dash + 1));
    if (dash == 0) {  // "-N": the last N bytes
        // Any suffix of nothing is nothing, and 206 has no words for that: 200 says it.
        if (!last || (size == 0 && *last != 0)) {
            return {};
        }
        const std::uint64_t length = std::min(*last, size);
        return length == 0 ? Range{Range::Kind::unsatisfiable}
                           : Range{Range::Kind::satisfiable, size - length, length};
    }
    const bool open_ended = dash + 1 == spec.size();
    if (!first || (!open_ended && (!last || *last < *first))) {
        return {};
    }
    if (*first >= size) {
        return {Range::Kind::unsatisfiable};
    }
    const std::uint64_t end = open_ended ? size - 1 : std::min(*last, size - 1);
    return {Range::Kind::satisfiable, *first, end - *first + 1};
}

}  // namespace cloister::site
