// SPDX-License-Identifier: MIT
// How a representation is coded (RFC 9110 8.4.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cloister::site {

enum class Coding : std::uint8_t { identity, gzip, brotli, zstandard };
constexpr std::size_t coding_count = 4;

struct CodingName {
    Coding coding;
    std::string_view name;       // in Content-Encoding and Accept-Encoding, in lower case
    std::string_view extension;  // of a file that holds another file so coded; empty for none
};

constexpr std::array<CodingName, coding_count> coding_names = {{
    {Coding::identity, "identity", ""},   // RFC 9110 12.5.3: said when accepted, never when sent
    {Coding::gzip, "gzip", ".gz"},        // RFC 9110 8.4.1.3
    {Coding::brotli, "br", ".br"},        // RFC 7932
    {Coding::zstandard, "zstd", ".zst"},  // RFC 8878
}};

// "br" for brotli.
constexpr std::string_view name_of(Coding coding) {
    return coding_names[static_cast<std::size_t>(coding)].name;
}

}  // namespace cloister::site
