// SPDX-License-Identifier: MIT
// The loops, the workers, the signals: serves the adopted sockets until it is asked to end, then
// drains.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "http/message.h"
#include "server/loop.h"
#include "server/signals.h"
#include "server/workers.h"
#include "systemd/listeners.h"
#include "systemd/notifier.h"

namespace cloister::server {

// An adopted socket and who answers on it.
struct Binding {
    systemd::Listener listener;
    const http::Handler* handler = nullptr;       // outlives the server
    const transport::Keyring* keyring = nullptr;  // likewise; null: without TLS
};

struct Plan {
    std::size_t loop_count = 1;
    std::size_t worker_count = 0;     // 0 if no handler blocks
    std::size_t open_file_count = 0;  // descriptors that the site holds
    std::chrono::milliseconds work_time = base::limits::work_time;  // of a worker that comes back
    std::chrono::seconds drain_time{};
    std::optional<std::size_t> connections = std::nullopt;  // else as many as descriptors allow
    std::optional<std::size_t> peer_connections = std::nullopt;  // else limits::peer_share of them
    std::optional<std::chrono::seconds> idle_exit = std::nullopt;  // without a connection so long
};

class Server {
  public:
    // Makes all descriptors that serving needs and blocks the signals of Signals in the calling
    // thread, so in every thread it starts later. `notifier` and `log` outlive the server. Throws
    // std::system_error and base::Failure.
    Server(std::vector<Binding> bindings, Plan plan, systemd::Notifier& notifier,
           const base::Log& log);

    // What must stay open under confinement, the listeners and the notifier's descriptor included.
    [[nodiscard]] std::vector<int> descriptors() const;

    struct Thread {
        std::string name;
        std::size_t stack_bytes;
        std::function<void()> run;
    };

    // The threads to start beside the calling one, before run(): further loops, and workers. They
    // never end.
    [[nodiscard]] std::vector<Thread> threads();

    // Serves on the calling thread, until SIGTERM or SIGINT, or Plan::idle_exit, and then for
    // Plan::drain_time at most; or until SIGUSR2, and then for as long as its connections take,
    // limits::retirement_time at most; or, without any listener, until its connections have ended.
    // Returns how many connections were cut off.
    std::size_t run();

  private:
    void obey(const Loop& own);
    void retire();
    void stop(const char* status);
    void drain_for(std::chrono::seconds time);
    void extend_timeout();
    void feed_watchdog();
    [[nodiscard]] bool makes_progress();
    void look_for_connections();
    [[nodiscard]] bool is_drained() const;
    [[nodiscard]] std::optional<Clock::time_point> next_duty() const;

    std::vector<Binding> bindings_;
    Plan plan_;
    systemd::Notifier& notifier_;
    const base::Log& log_;
    Signals signals_;
    std::vector<Endpoint> endpoints_;
    std::vector<int> connected_;  // sockets that came connected; a loop owns them
    Workers workers_;
    std::size_t connection_limit_;  // of each loop
    Admission admission_;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::optional<Clock::time_point> drain_ends_;
    std::optional<Clock::time_point> next_extension_;  // once it is stopping
    Clock::time_point next_beat_;
    std::vector<std::uint64_t> beats_;
    std::uint64_t seen_connections_ = 0;
    std::optional<Clock::time_point> unused_since_;
};

}  // namespace cloister::server
