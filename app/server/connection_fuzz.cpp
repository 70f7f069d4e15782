// SPDX-License-Identifier: MIT
// A whole connection: bytes from a peer, and everything that can befall it meanwhile, in the order
// that the input chooses. The input is a line and then the peer's bytes. The line begins with '1'
// for HTTP/1.1 or '2' for HTTP/2, and 4 more for TLS, 8 more for a small buffer; then each letter
// is an event (Play::act()). Afterwards the peer takes everything and says no more.
//
// Whatever happens: nothing is dropped, what waits is bounded, and the connection ends. And as long
// as nobody's patience ends, HTTP/1.1 answers as if everything had come, and left, at once.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/limits.h"
#include "http/http1.h"
#include "http/http2.h"
#include "server/connection.h"
#include "server/test_wire.h"

namespace {

namespace limits = cloister::base::limits;
using namespace cloister::server;
using cloister::http::Deferred;
using cloister::http::Handler;
using cloister::http::Request;
using cloister::http::Response;
using cloister::transport::Protocol;

constexpr std::size_t large_bytes = 70'000;
// One answer beyond the mark.
constexpr std::uint64_t most_output = limits::output_high_water_bytes + large_bytes + 10'000;
constexpr int most_time_outs = 20;
// Turns in a row that an event may cause.
constexpr int most_turns = 100'000;

void require(bool fact) {
    if (!fact) {
        std::abort();
    }
}

int open_file() {
    static const cloister::base::Fd file = [] {
        cloister::base::Fd made(::memfd_create("fuzz", MFD_CLOEXEC));
        const std::string content(large_bytes, 'f');
        require(::write(made.get(), content.data(), content.size()) ==
                static_cast<ssize_t>(content.size()));
        return made;
    }();
    return file.get();
}

// Every kind of body, as the last character of the path says.
Response respond(const Request& request) {
    static const std::string lent(large_bytes, 'l');
    Response response;
    response.close = request.path.starts_with("/close");
    switch (request.path.empty() ? '\0' : request.path.back()) {
        case 'f':
            response.body = cloister::http::FileWindow{open_file(), 1, large_bytes / 2};
            break;
        case 'l':
            response.body = std::string_view(lent);
            break;
        case 'o':
            response.body = std::string(large_bytes, 'o');
            break;
        case 'n':
            response.status = 204;
            break;
        default:
            response.body = std::string(request.path) + ' ' + request.body;
    }
    return response;
}

const Handler& handler() {
    static const Handler made = {
        .immediate = [](const Request& request) -> std::optional<Response> {
            return request.path.starts_with("/now") ? std::optional(respond(request))
                                                    : std::nullopt;
        },
        .blocking = respond};
    return made;
}

std::unique_ptr<cloister::http::Session> make_session(Protocol protocol,
                                                      const cloister::base::Peer& peer,
                                                      bool secure) {
    if (protocol == Protocol::http2) {
        return std::make_unique<cloister::http::Http2>(peer, secure);
    }
    return std::make_unique<cloister::http::Http1>(peer, secure);
}

class Play {
  public:
    explicit Play(unsigned kind, std::string_view bytes)
        : bytes_(bytes),
          is_http2_(kind % 2 == 0),
          buffer_((kind & 8U) != 0 ? 100 : limits::read_bytes) {
        auto wire =
            std::make_unique<Wire>(is_http2_ ? Protocol::http2 : Protocol::http1, (kind & 4U) != 0);
        wire_ = wire.get();
        connection_ = std::make_unique<Connection>(std::move(wire), cloister::base::Peer(),
                                                   make_session, handler(), Token{7});
    }

    // Once the connection is over, nothing happens to it.
    void act(char event);
    void finish();

    [[nodiscard]] bool is_patient() const { return patient_ && !is_http2_; }

    [[nodiscard]] const std::string& arrived() const { return arrived_; }

    [[nodiscard]] const std::string& sent() const { return wire_->sent; }

  private:
    cloister::http::Turn turn() {
        return {.handler = handler(),
                .date = "Sun, 06 Nov 1994 08:49:37 GMT",
                .now = now_,
                .draining = draining_,
                .scratch = scratch_,
                .output = output_,
                .deferred = deferred_};
    }

    void arrive(std::size_t most);
    void notice(std::uint32_t events);
    void work(std::size_t index);
    void time_out();
    void drain();
    void go_on();
    void settle();

    std::string_view bytes_;  // what the peer has not sent yet
    std::string arrived_;
    bool is_http2_;
    bool patient_ = true;
    bool over_ = false;
    bool gave_way_ = false;
    std::chrono::steady_clock::time_point now_;
    std::optional<std::chrono::steady_clock::duration> draining_;
    std::vector<char> buffer_;
    Request scratch_;
    cloister::base::Output output_;
    std::vector<Deferred> deferred_;
    std::vector<Deferred> jobs_;  // that workers have
    Wire* wire_ = nullptr;
    std::unique_ptr<Connection> connection_;
};

void Play::act(char event) {
    if (over_) {
        return;
    }
    switch (event) {
        case 'a':  // all the rest arrives
            return arrive(bytes_.size());
        case 'b':
            return arrive(1);
        case 'c':
            return arrive(30);
        case 'd':  // the server ends, or has been ending for a while
            return drain();
        case 'e':  // the peer ends its side
            wire_->ended = true;
            patient_ = patient_ && wire_->shaken;
            return notice(EPOLLIN | EPOLLRDHUP);
        case 'f':  // the kernel's buffer is full
            wire_->room = 0;
            return;
        case 'g':  // it has some room
            wire_->room = 1000;
            return notice(EPOLLOUT);
        case 'h':  // the handshake is over
            wire_->shaken = true;
            return notice(EPOLLIN);
        case 'i':  // it has room again
            wire_->room = SIZE_MAX;
            return notice(EPOLLOUT);
        case 'k':  // the peer resets the connection
            patient_ = false;
            wire_->reset = true;
            return notice(EPOLLIN | EPOLLHUP | EPOLLERR);
        case 'p':  // its turn comes
            return go_on();
        case 's':  // the transport gives others a turn after each 1000 bytes, or no longer
            wire_->share = wire_->share == SIZE_MAX ? 1000 : SIZE_MAX;
            return;
        case 't':  // time passes
            now_ += std::chrono::seconds(1);
            patient_ = false;
            return;
        case 'u':
            return time_out();
        case 'w':  // the oldest request of a worker's is answered
            return work(0);
        case 'x':  // the newest
            return work(jobs_.empty() ? 0 : jobs_.size() - 1);
        default:
            return;
    }
}

void Play::arrive(std::size_t most) {
    if (wire_->ended || wire_->reset) {
        return;
    }
    const std::string_view part = bytes_.substr(0, most);
    bytes_.remove_prefix(part.size());
    wire_->inbound += part;
    arrived_ += part;
    notice(EPOLLIN);
}

void Play::notice(std::uint32_t events) {
    connection_->note(events);
    if (!gave_way_) {  // As the loop does: else its turn comes, and it has but one.
        go_on();
    }
}

void Play::work(std::size_t index) {
    if (index >= jobs_.size()) {
        return;
    }
    const Deferred job = std::move(jobs_[index]);
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(index));
    connection_->answer(job.stream, respond(job.request), turn());
    go_on();
}

void Play::time_out() {
    patient_ = false;
    now_ += limits::work_time;
    connection_->time_out(turn());
    go_on();
}

void Play::drain() {
    patient_ = false;
    draining_ = draining_ ? *draining_ + limits::drain_idle_time / 2 : std::chrono::seconds(0);
    connection_->drain(turn());
    go_on();
}

void Play::go_on() {
    cloister::http::Turn own = turn();
    const Pump stopped = connection_->pump(own, buffer_);
    require(output_.empty());  // The loop clears it for the next connection.
    require(wire_->largest_output <= most_output);
    over_ = stopped == Pump::finished;
    gave_way_ = stopped == Pump::unfair;
    for (Deferred& deferred : std::exchange(deferred_, {})) {
        jobs_.push_back(std::move(deferred));
    }
    require(jobs_.size() <= (is_http2_ ? limits::stream_count : 1));
    // A peer that sends on is heard, unless it must take something or wait for a worker first.
    require(over_ || gave_way_ || wire_->inbound.empty() || connection_->has_output() ||
            !jobs_.empty() || !wire_->shaken);
}

// Until only the peer, or time, can make it go on.
void Play::settle() {
    for (int turns = 0; !over_ && (gave_way_ || !jobs_.empty()); ++turns) {
        require(turns < most_turns);
        if (gave_way_) {
            go_on();
        } else {
            work(0);
        }
    }
}

void Play::finish() {
    if (over_) {
        return;
    }
    wire_->shaken = true;
    wire_->room = SIZE_MAX;
    wire_->ended = true;
    notice(EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    settle();
    require(over_ || is_http2_);  // There, an answer may wait for a window.
    for (int count = 0; !over_; ++count) {
        require(count < most_time_outs);
        time_out();
        settle();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == 0 || end == std::string_view::npos) {
        return 0;
    }
    const auto kind = static_cast<unsigned char>(input.front());
    Play play(kind, input.substr(end + 1));
    for (const char event : input.substr(1, end - 1)) {
        play.act(event);
    }
    play.finish();
    if (play.is_patient()) {
        Play at_once(kind, play.arrived());
        at_once.act('h');
        at_once.act('a');
        at_once.finish();
        require(at_once.sent() == play.sent());
    }
    return 0;
}
