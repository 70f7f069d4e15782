// SPDX-License-Identifier: MIT
#include "http/fields.h"

#include <algorithm>
#include <array>

namespace cloister::http {

namespace {

// tchar of RFC 9110 5.6.2.
constexpr std::array<bool, 256> token_bytes = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table.at(static_cast<unsigned char>(c)) = true;
    }
    return table;
}();

bool is_token_byte(char c) {
    return token_bytes[static_cast<unsigned char>(c)];
}

struct KnownName {
    std::string_view name;
    Known known;
};

// Lower case.
constexpr std::array known_names = {
    KnownName{"accept-encoding", Known::accept_encoding},
    KnownName{"connection", Known::connection},
    KnownName{"content-encoding", Known::content_encoding},
    KnownName{"content-length", Known::content_length},
    KnownName{"content-type", Known::content_type},
    KnownName{"expect", Known::expect},
    KnownName{"host", Known::host},
    KnownName{"if-match", Known::if_match},
    KnownName{"if-modified-since", Known::if_modified_since},
    KnownName{"if-none-match", Known::if_none_match},
    KnownName{"if-range", Known::if_range},
    KnownName{"if-unmodified-since", Known::if_unmodified_since},
    KnownName{"keep-alive", Known::keep_alive},
    KnownName{"range", Known::range},
    KnownName{"te", Known::te},
    KnownName{"trailer", Known::trailer},
    KnownName{"transfer-encoding", Known::transfer_encoding},
    KnownName{"upgrade", Known::upgrade},
};

// Lower case. RFC 9113 8.2.2 adds Proxy-Connection, which no RFC defines but some clients send.
constexpr std::array<std::string_view, 5> connection_names = {
    "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte);
}

bool is_field_value(std::string_view text) {
    bool good = true;  // No early exit, so that the compiler checks 16 bytes at a time.
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        good &= (byte >= 0x20 && byte != 0x7f) || byte == '\t';
    }
    return good;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
    return lower;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    return text.size() == lower.size() &&
           std::equal(text.begin(), text.end(), lower.begin(),
                      [](char left, char right) { return to_lower(left) == right; });
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

bool is_connection_specific(std::string_view name) {
    return std::find(connection_names.begin(), connection_names.end(), name) !=
           connection_names.end();
}

Known classify(std::string_view name) {
    const char first = to_lower(name.front());
    for (const KnownName& row : known_names) {
        if (row.name.front() == first && row.name.size() == name.size() &&
            equals_ignoring_case(name, row.name)) {
            return row.known;
        }
    }
    return Known::other;
}

void append_field(std::string_view name, std::string_view value, Request& request) {
    const Known known = classify(name);
    request.present |= 1U << static_cast<unsigned>(known);
    request.fields.push_back({name, value, known});
}

bool parse_content_length(std::string_view value, std::uint64_t& length) {
    if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), is_digit)) {
        return false;
    }
    length = 0;
    for (const char digit : value) {
        length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return true;
}

int decide_expectation(const Request& request, bool& expects_continue) {
    expects_continue = false;
    for (const Field& field : request.fields) {
        if (field.known == Known::expect) {
            if (!equals_ignoring_case(field.value, "100-continue")) {
                return 417;
            }
            expects_continue = true;
        }
    }
    return 0;
}

}  // namespace cloister::http
