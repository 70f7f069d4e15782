// SPDX-License-Identifier: MIT
#include "site/query.h"

#include <algorithm>
#include <span>

#include "http/percent.h"

namespace cloister::site {

namespace {

// Cuts `text` behind the first `end` and returns what was before it.
std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return before;
}

// Most differ in length or need no decoding, and cost no memory.
bool is_decoded(std::string_view raw, std::string_view decoded) {
    if (raw.size() < decoded.size()) {
        return false;
    }
    return raw.find_first_of("%+") == std::string_view::npos ? raw == decoded
                                                             : http::decode_value(raw) == decoded;
}

}  // namespace

Query::Query(std::string_view query) {
    while (!query.empty() && count_ < parameters_.size()) {
        Parameter& parameter = parameters_.at(count_++);
        parameter.all = cut(query, '&');
        parameter.value = parameter.all;
        parameter.name = cut(parameter.value, '=');
    }
    rest_ = query;
}

bool Query::has(std::string_view parameters, Captures& captures) const {
    const std::span<const Parameter> sent(parameters_.data(), count_);
    while (!parameters.empty()) {
        const std::string_view name = cut(parameters, '\n');
        const std::string_view value = cut(parameters, '\n');
        const bool is_any = value.size() == 1 && value.front() == placeholder_mark;
        const auto found = std::find_if(sent.begin(), sent.end(), [&](const Parameter& parameter) {
            return is_decoded(parameter.name, name) &&
                   (is_any ? !parameter.value.empty() : is_decoded(parameter.value, value));
        });
        if (found == sent.end()) {
            return false;
        }
        if (is_any) {
            if (captures.count == captures.values.size()) {
                return false;
            }
            captures.values.at(captures.count++) = found->value;
        }
    }
    return true;
}

std::string Query::without(std::string_view parameters) const {
    std::string kept;
    const auto keep = [&](std::string_view text) {
        kept += kept.empty() ? "" : "&";
        kept += text;
    };
    for (const Parameter& parameter : std::span(parameters_.data(), count_)) {
        bool is_asked_for = false;
        for (std::string_view left = parameters; !left.empty();) {
            is_asked_for = is_decoded(parameter.name, cut(left, '\n')) || is_asked_for;
            cut(left, '\n');
        }
        if (!is_asked_for) {
            keep(parameter.all);
        }
    }
    if (!rest_.empty()) {
        keep(rest_);
    }
    return kept;
}

}  // namespace cloister::site
