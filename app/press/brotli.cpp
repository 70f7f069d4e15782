// SPDX-License-Identifier: MIT
#include "press/brotli.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <new>

#include "base/log.h"

namespace cloister::press {

namespace {

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Below it nothing is gained.
constexpr std::size_t least_window_bits = 16;

// The library may be built so that it ends the process without a word when it gets nothing.
void* take(void* workspace, std::size_t bytes) noexcept {
    void* const memory = static_cast<Workspace*>(workspace)->take(bytes);
    if (memory == nullptr) {
        base::Log::to_standard_error().error(
            "no memory to compress the site; raise MemoryMax= or LimitAS= in the service, or make "
            "an image of the site elsewhere: cloister pack");
        ::_exit(EX_OSERR);
    }
    return memory;
}

void give_back(void* workspace, void* memory) noexcept {
    static_cast<Workspace*>(workspace)->give_back(memory);
}

struct Destroy {
    void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }

    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

}  // namespace

std::optional<std::string> compress_brotli(std::string_view content, int quality, std::size_t most,
                                           Workspace& workspace) {
    const std::unique_ptr<BrotliEncoderState, Destroy> encoder(
        BrotliEncoderCreateInstance(take, give_back, &workspace));
    if (!encoder) {
        throw std::bad_alloc();
    }
    // The library takes 32 bits of the size, as a hint.
    const auto hint = static_cast<std::uint32_t>(std::min<std::size_t>(content.size(), 1U << 30U));
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_QUALITY,
                              static_cast<std::uint32_t>(quality));
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_MODE, BROTLI_MODE_TEXT);
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_SIZE_HINT, hint);
    // A window that holds the content is enough, and a small one makes do with 1 MiB for its
    // tables, where the default takes 32.
    const auto window =
        std::clamp<std::size_t>(static_cast<std::size_t>(std::bit_width(content.size())),
                                least_window_bits, BROTLI_DEFAULT_WINDOW);
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_LGWIN,
                              static_cast<std::uint32_t>(window));
    std::string coded(most, '\0');
    const std::uint8_t* input = bytes_of(content);
    std::size_t input_left = content.size();
    auto* output = reinterpret_cast<std::uint8_t*>(coded.data());
    std::size_t output_left = coded.size();
    if (BrotliEncoderCompressStream(encoder.get(), BROTLI_OPERATION_FINISH, &input_left, &input,
                                    &output_left, &output, nullptr) == BROTLI_FALSE) {
        throw std::bad_alloc();  // the one way to fail
    }
    if (BrotliEncoderIsFinished(encoder.get()) == BROTLI_FALSE) {
        return std::nullopt;
    }
    coded.resize(coded.size() - output_left);
    coded.shrink_to_fit();
    return coded;
}

bool is_brotli_of(std::string_view coded, std::string_view content) {
    const std::unique_ptr<BrotliDecoderState, Destroy> decoder(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
    if (!decoder) {
        throw std::bad_alloc();
    }
    const std::uint8_t* input = bytes_of(coded);
    std::size_t input_left = coded.size();
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        std::size_t output_left = 0;
        result = BrotliDecoderDecompressStream(decoder.get(), &input_left, &input, &output_left,
                                               nullptr, nullptr);
        std::size_t length = 0;  // 0 on the way in: as much as there is
        const std::uint8_t* const part = BrotliDecoderTakeOutput(decoder.get(), &length);
        if (!content.starts_with({reinterpret_cast<const char*>(part), length})) {
            return false;
        }
        content.remove_prefix(length);
    }
    return result == BROTLI_DECODER_RESULT_SUCCESS && input_left == 0 && content.empty();
}

}  // namespace cloister::press
