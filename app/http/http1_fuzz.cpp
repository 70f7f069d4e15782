// SPDX-License-Identifier: MIT
// Any bytes on a connection: answered the same however they were split. The first 8 bytes choose
// the split.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/test_session.h"

namespace {

using cloister::http::Phase;
using cloister::http::TestSession;

constexpr std::size_t step_count = 8;

struct Result {
    std::string sent;
    Phase phase = Phase::fresh;
    Phase phase_at_end = Phase::fresh;

    bool operator==(const Result&) const = default;
};

// Steps of 0 bytes stand for "all the rest".
Result run(std::string_view input, const std::array<std::uint8_t, step_count>& steps) {
    TestSession connection;
    Result result;
    for (std::size_t turn = 0; !input.empty(); ++turn) {
        const std::size_t step = steps.at(turn % step_count);
        const std::string_view part = input.substr(0, step == 0 ? input.size() : step);
        input.remove_prefix(part.size());
        result.sent += connection.exchange(part);
    }
    result.phase = connection.session.phase();
    connection.session.end_of_input();
    result.sent += connection.settle();
    result.phase_at_end = connection.session.phase();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size <= step_count) {
        return 0;
    }
    std::array<std::uint8_t, step_count> steps{};
    std::copy_n(data, step_count, steps.begin());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    const std::string_view input(reinterpret_cast<const char*>(data) + step_count,
                                 size - step_count);
    const Result whole = run(input, {});
    if (whole != run(input, steps) || whole != run(input, {1, 1, 1, 1, 1, 1, 1, 1}) ||
        whole.phase_at_end != Phase::done) {
        std::abort();
    }
    return 0;
}
