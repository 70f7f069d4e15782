// SPDX-License-Identifier: MIT
// The parameters of a query: "a=1&b=two+words" as names and values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloister::routes {

// In the order sent; a name may occur more than once.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Parameters in one query. Forms have a few dozen; each costs a handler an allocation or two.
constexpr std::size_t parameter_count = 256;

// Reads application/x-www-form-urlencoded (URL Standard 5.1): '&' separates, the first '=' ends a
// name, '+' is a space, %XX is a byte; a '%' without two hexadecimal digits stands for itself.
// Parameters without a name are left out, as cpp-httplib does for forms. Nothing if there are more
// than parameter_count.
std::optional<Parameters> parse_query(std::string_view query);

}  // namespace cloister::routes
