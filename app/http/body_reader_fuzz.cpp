// SPDX-License-Identifier: MIT
// Any bytes as a body: bounded, ended once, and read the same however they were split. The first
// byte says how.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/body_reader.h"

namespace {

constexpr std::uint64_t limit = 300;

struct Result {
    std::string body;
    std::size_t taken = 0;
    bool complete = false;
    int refused = 0;
};

Result read(std::string_view input, const cloister::http::Framing& framing, std::size_t step) {
    cloister::http::BodyReader reader(framing, limit, true);
    Result result;
    for (std::size_t at = 0; at < input.size(); at += step) {
        const std::string_view part = input.substr(at, step);
        const std::size_t taken = reader.take(part, result.body);
        const bool ended = reader.complete() || reader.refused() != 0;
        if (taken > part.size() || (taken < part.size() && !ended)) {
            std::abort();
        }
        result.taken += taken;
    }
    result.complete = reader.complete();
    result.refused = reader.refused();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    cloister::http::Framing framing;
    framing.chunked = data[0] % 4 != 0;
    framing.content_length = framing.chunked ? 0 : data[0] * 2U;
    const Result whole = read(input, framing, size);
    const Result parts = read(input, framing, 1 + data[0] / 16);
    if (whole.body != parts.body || whole.complete != parts.complete ||
        whole.refused != parts.refused || whole.body.size() > limit ||
        (whole.complete && whole.taken != parts.taken) || (whole.complete && whole.refused != 0)) {
        std::abort();
    }
    return 0;
}
