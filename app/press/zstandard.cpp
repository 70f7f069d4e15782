// SPDX-License-Identifier: MIT
#include "press/zstandard.h"

#include <array>
#include <cstddef>

namespace cloister::press {

namespace {

constexpr std::string_view magic = "\x28\xb5\x2f\xfd";

// A little-endian number of `length` bytes, taken off `rest`, which has them.
std::uint64_t take(std::string_view& rest, std::size_t length) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < length; ++i) {
        number |= std::uint64_t{static_cast<unsigned char>(rest[i])} << (8 * i);
    }
    rest.remove_prefix(length);
    return number;
}

// RFC 8878 3.1.1.1.2.
std::uint64_t window_of(std::uint64_t descriptor) {
    const std::uint64_t base = std::uint64_t{1} << (10 + (descriptor >> 3U));
    return base + base / 8 * (descriptor & 7U);
}

}  // namespace

std::optional<ZstandardFrame> read_zstandard_head(std::string_view coded) {
    if (!coded.starts_with(magic) || coded.size() == magic.size()) {
        return std::nullopt;
    }
    std::string_view rest = coded.substr(magic.size());
    const std::uint64_t descriptor = take(rest, 1);
    const bool single_segment = (descriptor & 0x20U) != 0;
    constexpr std::array<std::size_t, 4> dictionary_bytes = {0, 1, 2, 4};
    constexpr std::array<std::size_t, 4> size_bytes = {0, 2, 4, 8};
    const std::size_t dictionary_length = dictionary_bytes[descriptor & 3U];
    std::size_t size_length = size_bytes[descriptor >> 6U];
    if (size_length == 0 && single_segment) {
        size_length = 1;
    }
    if (rest.size() < (single_segment ? 0U : 1U) + dictionary_length + size_length) {
        return std::nullopt;
    }
    ZstandardFrame frame;
    frame.has_checksum = (descriptor & 4U) != 0;
    if (!single_segment) {
        frame.window = window_of(take(rest, 1));
    }
    frame.needs_dictionary = take(rest, dictionary_length) != 0;
    if (size_length != 0) {
        const std::uint64_t offset = size_length == 2 ? 256 : 0;  // RFC 8878 3.1.1.1.4
        frame.content_size = take(rest, size_length) + offset;
    }
    if (single_segment) {
        frame.window = *frame.content_size;
    }
    return frame;
}

}  // namespace cloister::press
