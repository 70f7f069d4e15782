// SPDX-License-Identifier: MIT
// One event loop with the connections it has accepted. A server has one for each core, on a thread
// of its own; they share the listeners and the workers, and hand connections to one another when
// they come; after that each is alone.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/log.h"
#include "http/session.h"
#include "server/admission.h"
#include "server/connection.h"
#include "server/deadlines.h"
#include "server/event_loop.h"
#include "server/workers.h"
#include "transport/tls_keyring.h"

namespace cloister::server {

// A listening socket, who answers on it, and with whose keys. The descriptor belongs to the server;
// all loops accept from it.
struct Endpoint {
    int listener = -1;
    const http::Handler* handler = nullptr;
    const transport::Keyring* keyring = nullptr;  // null: without TLS
};

class Loop {
  public:
    // Everything passed by reference outlives the loop. `connection_limit`: connections served at
    // once; limits::refusal_count more are told to come again. Throws std::system_error.
    Loop(const std::vector<Endpoint>& endpoints, Workers& workers, Admission& admission,
         const base::Log& log, std::size_t connection_limit);

    // The loops that accept from the same listeners; they outlive this one's last turn. Before the
    // first turn of any.
    void join(std::vector<Loop*> siblings) { siblings_ = std::move(siblings); }

    // Takes over one connected, non-blocking socket, as if `endpoint` had accepted it, whoever the
    // peer is. False if the kernel refuses to watch it.
    bool add_connection(base::Fd socket, const base::Peer& peer, const Endpoint& endpoint);

    // Waits for events, until `due` at most, and handles them. Only from the loop's own thread.
    void run_once(std::optional<Clock::time_point> due);

    // Stops accepting (the queue belongs to the next instance) and ends connections as they become
    // idle; wakes `waiter` when none is left. Any thread.
    void begin_drain(const EventLoop& waiter);

    // Draining and without a connection. Once all loops are, none gets another: one that has
    // drained has left its last connection to others before. Any thread.
    [[nodiscard]] bool is_drained() const { return drained_.load() && live_.load() == 0; }

    // Connections held, and those on their way to it. Any thread.
    [[nodiscard]] std::size_t connection_count() const { return live_.load(); }

    // Grows with each connection that it has accepted. Any thread.
    [[nodiscard]] std::uint64_t accepted_count() const { return accepted_.load(); }

    // Grows with each turn: a loop that is stuck stands out. Any thread.
    [[nodiscard]] std::uint64_t turn_count() const { return turns_.load(); }

    // A descriptor watched with EventLoop::end_token or retire_token has reported. Only from the
    // loop's own thread.
    [[nodiscard]] bool is_asked_to_end() const { return asked_to_end_; }

    [[nodiscard]] bool is_asked_to_retire() const { return asked_to_retire_; }

    [[nodiscard]] const EventLoop& events() const { return events_; }

    // Descriptors that stay open under confinement.
    [[nodiscard]] std::array<int, 2> descriptors() const { return events_.descriptors(); }

  private:
    // An answer from a worker.
    struct Delivery {
        Token token;
        std::uint32_t stream;
        http::Response response;
    };

    // A connection that has been accepted, by this loop or by another one for this one.
    struct Arrival {
        base::Fd socket;
        base::Peer peer;
        const Endpoint* endpoint;
        Admission::Place place;  // empty: the peer has all the places that it may have
    };

    struct Slot {
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;  // tells a late event for an earlier tenant from one for this
        bool gave_way = false;         // its token is in unfinished_
        bool refused = false;          // is told to come again, whatever it asks
        Admission::Place place;
    };

    void handle(const epoll_event& event);
    void accept(const Endpoint& endpoint);
    bool accept_one(const Endpoint& endpoint);
    Loop* find_idler();
    void hand_over(Arrival arrival);
    void admit(Arrival arrival);
    bool seat(Arrival arrival, bool refused);
    [[nodiscard]] bool is_full() const;
    [[nodiscard]] bool can_admit() const;
    void make_room();
    bool end_idle_one_of(const base::Peer& peer);
    void warn_of_exhaustion();
    void watch_listeners();
    void pause_listeners();
    void go_on(Connection& connection);
    void pass_to_workers(Connection& connection);
    void take_mail();
    void deliver(Delivery delivery);
    void expire();
    void drain();
    void close(Connection& connection);
    Connection* find(Token token);
    http::Turn turn_for(const Connection& connection);
    void read_clocks();
    [[nodiscard]] std::optional<Clock::time_point> next_due() const;

    const std::vector<Endpoint>& endpoints_;
    Workers& workers_;
    Admission& admission_;
    const base::Log& log_;
    std::size_t connection_limit_;
    std::vector<Loop*> siblings_;
    std::size_t next_sibling_ = 0;

    EventLoop events_;
    Deadlines deadlines_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<Token> unfinished_;  // connections that gave way to others
    std::size_t refused_ = 0;        // connections that are told to come again

    Clock::time_point now_;
    std::chrono::sys_seconds second_{};
    std::string date_;

    http::Request scratch_;
    base::Output output_;
    std::vector<http::Deferred> deferred_;
    std::vector<char> buffer_;

    bool accepting_ = false;
    std::optional<Clock::time_point> accept_again_;
    std::optional<Clock::time_point> warn_again_;
    bool asked_to_end_ = false;
    bool asked_to_retire_ = false;
    std::atomic<const EventLoop*> drain_waiter_ = nullptr;
    std::optional<Clock::time_point> drain_began_;
    Clock::time_point drain_again_;
    std::atomic<bool> drained_ = false;
    std::atomic<std::size_t> live_ = 0;
    std::atomic<std::uint64_t> turns_ = 0;
    std::atomic<std::uint64_t> accepted_ = 0;

    std::mutex mailbox_mutex_;
    std::vector<Delivery> deliveries_;
    std::vector<Arrival> arrivals_;
};

}  // namespace cloister::server
