// SPDX-License-Identifier: MIT
#include "routes/query.h"

#include <algorithm>
#include <charconv>

namespace cloister::routes {

namespace {

// The byte that the two digits after a '%' name, if they are two digits.
std::optional<char> escaped_byte(std::string_view digits) {
    unsigned byte = 0;
    const char* const end = digits.data() + digits.size();
    if (digits.size() != 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end) {
        return std::nullopt;
    }
    return static_cast<char>(byte);
}

std::string decoded(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+') {
            plain += ' ';
            continue;
        }
        const auto byte = text[at] == '%' ? escaped_byte(text.substr(at + 1, 2)) : std::nullopt;
        plain += byte.value_or(text[at]);
        at += byte ? 2 : 0;
    }
    return plain;
}

}  // namespace

std::optional<Parameters> parse_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const std::string_view piece = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(piece.size() + 1, query.size()));
        const std::size_t equals = std::min(piece.find('='), piece.size());
        if (equals == 0) {
            continue;
        }
        if (parameters.size() == parameter_count) {
            return std::nullopt;
        }
        const std::string_view value = piece.substr(std::min(equals + 1, piece.size()));
        parameters.emplace_back(decoded(piece.substr(0, equals)), decoded(value));
    }
    return parameters;
}

}  // namespace cloister::routes
