// SPDX-License-Identifier: MIT
// Any bytes behind the preface, however split: what waits is always bounded, and time ends it. The
// first 8 bytes choose the split, and what happens between its parts.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_session.h"

namespace {

namespace limits = cloister::base::limits;
using cloister::http::Driven;
using cloister::http::Http2;
using cloister::http::Phase;
using cloister::http::Request;
using cloister::http::Response;

constexpr std::size_t step_count = 8;
// One frame, or a field section of several, beyond the mark.
constexpr std::uint64_t most_output = limits::output_high_water_bytes + 80 * limits::kib;
constexpr int most_time_outs = 20;

void require(bool fact) {
    if (!fact) {
        std::abort();
    }
}

// Small bodies and large ones, at once and on a worker.
cloister::http::Handler handler() {
    const auto respond = [](const Request& request) {
        Response response;
        response.body = request.path.size() % 2 == 0 ? request.body : std::string(70000, 'a');
        response.close = request.path == "/c";
        return response;
    };
    return {.immediate = [respond](const Request& request) -> std::optional<Response> {
                return request.path.starts_with("/n") ? std::optional(respond(request))
                                                      : std::nullopt;
            },
            .blocking = respond};
}

// The output leaves, and the session goes on, `times` times.
void send(Driven<Http2>& connection, unsigned times) {
    for (; times != 0; --times) {
        require(connection.output.size() <= most_output);
        connection.output.clear();
        if (connection.session.has_backlog()) {
            connection.resume();
        }
    }
}

void act(Driven<Http2>& connection, unsigned choice) {
    if (choice % 2 != 0) {
        send(connection, choice % 8);
    }
    if (choice % 4 == 2 && !connection.deferred.empty()) {
        connection.work();
    }
    if (choice % 16 == 5) {
        connection.now += limits::write_time / 2;
    }
    if (choice == 251) {
        connection.draining = std::chrono::milliseconds(0);
    }
    if (connection.draining) {
        connection.drain();
    }
    if (choice == 253) {
        connection.time_out();
    }
    require(connection.deferred.size() <= limits::stream_count);
    require(connection.output.size() <= most_output);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size <= step_count) {
        return 0;
    }
    std::array<std::uint8_t, step_count> steps{};
    std::copy_n(data, step_count, steps.begin());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string_view input(reinterpret_cast<const char*>(data) + step_count, size - step_count);
    Driven<Http2> connection(handler());
    connection.receive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    for (std::size_t turn = 0; !input.empty(); ++turn) {
        const std::size_t step = steps.at(turn % step_count);
        const std::string_view part = input.substr(0, step == 0 ? input.size() : step);
        input.remove_prefix(part.size());
        connection.receive(part);
        act(connection, static_cast<unsigned>(step));
    }
    // An odd first step leaves the rest to workers; whatever they do, time ends it.
    for (int count = 0; connection.session.phase() != Phase::done; ++count) {
        require(count < most_time_outs);
        if (steps[0] % 2 == 0 && !connection.deferred.empty()) {
            connection.work();
        }
        while (!connection.output.empty() || connection.session.has_backlog()) {
            send(connection, 1);
        }
        connection.now += limits::work_time;
        connection.time_out();
    }
    connection.session.end_of_input();
    require(connection.session.phase() == Phase::done);
    return 0;
}
