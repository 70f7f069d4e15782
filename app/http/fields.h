// SPDX-License-Identifier: MIT
// Names and values of fields, and what a request's fields say, wherever they came from: one grammar
// (RFC 9110 5) for HTTP/1.1 and HTTP/2, so that neither lets through what the other refuses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace cloister::http {

// True for a token (RFC 9110 5.6.2), as methods and names of fields must be.
bool is_token(std::string_view text);

// True for bytes that a field's value may have (RFC 9110 5.5): no control but the tab.
bool is_field_value(std::string_view text);

// ASCII only, as all of HTTP's names are.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// A copy in lower case, as HTTP/2 demands of names (RFC 9113 8.2.1).
std::string lower_case(std::string_view text);

// Compares ASCII without case; `lower` is lower case already.
bool equals_ignoring_case(std::string_view text, std::string_view lower);

// Without the spaces and tabs at both ends (OWS of RFC 9110 5.6.3).
std::string_view trim(std::string_view text);

// True for fields that say something of an HTTP/1.1 connection, which HTTP/2 has no place for in
// either direction (RFC 9113 8.2.2). `name` is lower case.
bool is_connection_specific(std::string_view name);

// Which field a name means, whatever its case; `name` is not empty.
Known classify(std::string_view name);

// Appends a field to `request`, which from then on finds it by what its name means. The views must
// live as long as the request's others do; name and value are valid already.
void append_field(std::string_view name, std::string_view value, Request& request);

// Reads bytes of body from the value of a Content-Length: 1 to 18 digits and nothing else (RFC 9110
// 8.6). False for any other.
bool parse_content_length(std::string_view value, std::uint64_t& length);

// Sets whether the client waits for a 100 (RFC 9110 10.1.1). Returns 0, or 417 for an expectation
// that nobody here can meet.
int decide_expectation(const Request& request, bool& expects_continue);

}  // namespace cloister::http
