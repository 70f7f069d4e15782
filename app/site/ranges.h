// SPDX-License-Identifier: MIT
// The Range field (RFC 9110 14.2): which parts of a representation are asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/limits.h"

namespace cloister::site {

// A part of a representation; at least one byte.
struct Part {
    std::uint64_t offset = 0;  // bytes
    std::uint64_t length = 0;  // bytes

    friend bool operator==(const Part&, const Part&) = default;
};

class Ranges {
  public:
    enum class Kind : std::uint8_t {
        ignored,        // malformed, another unit, too many: answer 200 with everything (14.2)
        satisfiable,    // answer 206 with parts()
        unsatisfiable,  // answer 416
    };

    // What `field`, the value of a Range field, asks of a representation of `size` bytes. What lies
    // behind the end is left away (14.1.1). Parts that overlap, or have less between them than the
    // head of a part of a multipart answer takes, become one; otherwise they keep the order that
    // they were asked for in (15.3.7.2).
    static Ranges of(std::string_view field, std::uint64_t size);

    [[nodiscard]] Kind kind() const { return kind_; }

    // Without an overlap. Not empty only if satisfiable.
    [[nodiscard]] std::span<const Part> parts() const { return {parts_.data(), count_}; }

  private:
    void add(Part part);

    Kind kind_ = Kind::ignored;
    std::array<Part, base::limits::range_count> parts_{};
    std::size_t count_ = 0;
};

}  // namespace cloister::site
