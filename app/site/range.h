// SPDX-License-Identifier: MIT
// The Range field (RFC 9110 14.2): one range of bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace cloister::site {

// What a Range field asks of a representation of `size` bytes.
struct Range {
    enum class Kind : std::uint8_t {
        ignored,  // malformed, another unit, several ranges, a suffix of nothing: answer 200 with
                  // everything (14.2 allows it)
        satisfiable,    // answer 206 with `length` bytes from `offset`
        unsatisfiable,  // answer 416
    };
    Kind kind = Kind::ignored;
    std::uint64_t offset = 0;  // bytes
    std::uint64_t length = 0;  // bytes; at least 1 if satisfiable
};

Range parse_range(std::string_view field, std::uint64_t size);

}  // namespace cloister::site
