// SPDX-License-Identifier: MIT
// Compresses many contents at once, on all cores, before confinement.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "press/compressible.h"
#include "site/coding.h"

namespace cloister::press {

// "Content-Encoding: gzip" and "Vary: Accept-Encoding" with their line ends: what saves less is not
// worth sending.
constexpr std::size_t coding_field_bytes = 50;

struct Work {
    std::string_view content;                    // lent
    site::Coding coding = site::Coding::brotli;  // or gzip
    std::optional<std::string> coded;            // afterwards: the result, if it is worth sending
};

// Does all of `works`. A result that saves less than coding_field_bytes is left away.
// When it returns, no thread of its is left: the caller may confine itself. The same works have the
// same results, whatever the number of cores. Throws std::system_error if no thread can be made,
// std::bad_alloc.
void compress(std::span<Work> works, Strength strength);

}  // namespace cloister::press
