// SPDX-License-Identifier: MIT
#include "site/ranges.h"

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

// One range-spec. Nothing for a malformed one; a part of no bytes for one that is unsatisfiable.
std::optional<Part> parse_spec(std::string_view spec, std::uint64_t size) {
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = parse_position(spec.substr(0, dash));
    const auto last = parse_position(spec.substr(dash + 1));
    if (dash == 0) {  // "-N": the last N bytes
        // Any suffix of nothing is nothing, and 206 has no words for that: 200 says it.
        if (!last || (size == 0 && *last != 0)) {
            return std::nullopt;
        }
        const std::uint64_t length = std::min(*last, size);
        return Part{size - length, length};
    }
    const bool open_ended = dash + 1 == spec.size();
    if (!first || (!open_ended && (!last || *last < *first))) {
        return std::nullopt;
    }
    if (*first >= size) {
        return Part{};
    }
    const std::uint64_t end = open_ended ? size - 1 : std::min(*last, size - 1);
    return Part{*first, end - *first + 1};
}

bool are_close(const Part& left, const Part& right) {
    const Part& first = left.offset <= right.offset ? left : right;
    const Part& second = left.offset <= right.offset ? right : left;
    const std::uint64_t end = first.offset + first.length;
    return second.offset <= end || second.offset - end < base::limits::range_gap_bytes;
}

Part joined(const Part& left, const Part& right) {
    const std::uint64_t begin = std::min(left.offset, right.offset);
    const std::uint64_t end = std::max(left.offset + left.length, right.offset + right.length);
    return {begin, end - begin};
}

}  // namespace

// A part that joins two others makes them close to each other, so the search begins again with it.
void Ranges::add(Part part) {
    Part* const begin = parts_.data();
    Part* place = begin + count_;
    for (Part* other = begin; other != begin + count_;) {
        if (are_close(*other, part)) {
            part = joined(*other, part);
            place = std::min(place, other);
            std::copy(other + 1, begin + count_, other);
            --count_;
            other = begin;
        } else {
            ++other;
        }
    }
    std::copy_backward(place, begin + count_, begin + count_ + 1);
    *place = part;
    ++count_;
}

Ranges Ranges::of(std::string_view field, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!http::equals_ignoring_case(field.substr(0, unit.size()), unit)) {
        return {};
    }
    Ranges ranges;
    bool is_empty = true;
    std::string_view list = field.substr(unit.size());
    for (std::size_t members = 0; !list.empty(); ++members) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view spec = http::trim(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (members == base::limits::range_count) {
            return {};
        }
        if (spec.empty()) {  // RFC 9110 5.6.1.2: to be ignored
            continue;
        }
        is_empty = false;
        const auto part = parse_spec(spec, size);
        if (!part) {
            return {};
        }
        if (part->length != 0) {
            ranges.add(*part);
        }
    }
    if (!is_empty) {
        ranges.kind_ = ranges.count_ == 0 ? Kind::unsatisfiable : Kind::satisfiable;
    }
    return ranges;
}

}  // namespace cloister::site
