// SPDX-License-Identifier: MIT
#include "press/gzip.h"

#define ZLIB_CONST  // its input is const, as it says in zconf.h
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>

namespace cloister::press {

namespace {

constexpr int gzip_window_bits = 15 + 16;  // the largest window; 16 asks for gzip
constexpr int memory_level = 9;            // the most, 256 KiB: faster, and a little smaller

const Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<const Bytef*>(text.data());
}

// zlib counts in 32 bits.
uInt clamped(std::size_t bytes) {
    return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

// Lets zlib read `input` and write `output` as far as either goes; returns what it said last.
template <class Step>
int run(z_stream& stream, std::string_view input, std::string& output, Step step) {
    stream.next_in = bytes_of(input);
    stream.next_out = reinterpret_cast<Bytef*>(output.data());
    int result = Z_OK;
    while (result == Z_OK) {
        const std::size_t input_left = input.size() - stream.total_in;
        const std::size_t output_left = output.size() - stream.total_out;
        stream.avail_in = clamped(input_left);
        stream.avail_out = clamped(output_left);
        result = step(&stream, input_left <= stream.avail_in ? Z_FINISH : Z_NO_FLUSH);
    }
    return result;
}

}  // namespace

std::optional<std::string> compress_gzip(std::string_view content, int level, std::size_t most) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();  // the one way to fail
    }
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
    std::string coded(most, '\0');
    if (run(stream, content, coded, deflate) != Z_STREAM_END) {
        return std::nullopt;
    }
    coded.resize(stream.total_out);
    coded.shrink_to_fit();
    return coded;
}

bool is_gzip_of(std::string_view coded, std::string_view content) {
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window_bits) != Z_OK) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    std::array<char, 65536> part{};
    stream.next_in = bytes_of(coded);
    int result = Z_OK;
    while (result == Z_OK) {
        stream.avail_in = clamped(coded.size() - stream.total_in);
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = part.size();
        result = inflate(&stream, Z_NO_FLUSH);  // Z_BUF_ERROR when the input ends too early
        const std::string_view made(part.data(), part.size() - stream.avail_out);
        if (!content.starts_with(made)) {
            return false;
        }
        content.remove_prefix(made.size());
    }
    return result == Z_STREAM_END && stream.total_in == coded.size() && content.empty();
}

}  // namespace cloister::press
