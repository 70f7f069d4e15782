// SPDX-License-Identifier: MIT
// Escapes of a URI (RFC 3986 2.1): what a path, or the value of a query's parameter, looks like
// when it is sent, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cloister::http {

// A decoded path as it is sent: all but pchar (RFC 3986 3.3) and '/' is escaped.
std::string encode_path(std::string_view path);

// A decoded value so that it stands in a query for itself alone: all but unreserved (RFC 3986 2.3)
// and '/' is escaped.
std::string encode_value(std::string_view value);

// Every escape decoded once; nothing for a malformed one.
std::optional<std::string> decode(std::string_view text);

// A value of a query decoded as forms are (application/x-www-form-urlencoded): a '+' is a space,
// and a malformed escape stands for itself.
std::string decode_value(std::string_view text);

}  // namespace cloister::http
