// SPDX-License-Identifier: MIT
#include "server/server.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "server/descriptor_limit.h"

namespace cloister::server {

namespace limits = base::limits;

namespace {

// Loops need no depth; their buffers are on the heap.
constexpr std::size_t loop_stack_bytes = 256 * limits::kib;

// An epoll instance, an eventfd, a connection that comes before another one gives way to it, and
// those that are told to come again.
constexpr std::size_t descriptors_per_loop = 3 + limits::refusal_count;

// A loop with fewer connections would be no server.
constexpr std::size_t least_connection_count = 4;

// Of a connection that was passed. A client that has gone again has no address; its connection ends
// by itself.
base::Peer peer_of(int socket) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    ::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length);
    return base::Peer::from(address);
}

std::size_t connections_per_loop(const Plan& plan) {
    const std::size_t descriptors = raise_descriptor_limit();
    const std::size_t taken = limits::reserved_descriptor_count + plan.open_file_count +
                              descriptors_per_loop * plan.loop_count;
    const std::size_t needed = taken + least_connection_count * plan.loop_count;
    if (descriptors < needed) {
        throw base::Failure(
            EX_CONFIG,
            std::to_string(plan.loop_count) + " loops and " + std::to_string(plan.open_file_count) +
                " large files of the site need " + std::to_string(needed) +
                " open descriptors, of which this process may have " + std::to_string(descriptors) +
                "; raise LimitNOFILE= in the service, or ulimit -n");
    }
    const std::size_t possible = (descriptors - taken) / plan.loop_count;
    if (!plan.connections) {
        return possible;
    }
    if (*plan.connections > possible * plan.loop_count) {
        throw base::Failure(EX_CONFIG,
                            "--connections " + std::to_string(*plan.connections) +
                                ": this process may have descriptors for " +
                                std::to_string(possible * plan.loop_count) +
                                " of them; raise LimitNOFILE= in the service, or ulimit -n");
    }
    return std::max<std::size_t>(*plan.connections / plan.loop_count, 1);
}

std::size_t connections_per_peer(const Plan& plan, std::size_t limit) {
    const std::size_t all = limit * plan.loop_count;
    return plan.peer_connections.value_or(std::max<std::size_t>(all / limits::peer_share, 1));
}

}  // namespace

Server::Server(std::vector<Binding> bindings, Plan plan, systemd::Notifier& notifier,
               const base::Log& log)
    : bindings_(std::move(bindings)),
      plan_(plan),
      notifier_(notifier),
      log_(log),
      connection_limit_(connections_per_loop(plan_)),
      admission_(connections_per_peer(plan_, connection_limit_)) {
    for (const Binding& binding : bindings_) {
        if (!binding.listener.connected) {
            endpoints_.push_back({binding.listener.fd.get(), binding.handler, binding.keyring});
        }
    }
    for (std::size_t index = 0; index < plan_.loop_count; ++index) {
        loops_.push_back(
            std::make_unique<Loop>(endpoints_, workers_, admission_, log_, connection_limit_));
    }
    for (const std::unique_ptr<Loop>& loop : loops_) {
        std::vector<Loop*> siblings;
        for (const std::unique_ptr<Loop>& other : loops_) {
            if (other != loop) {
                siblings.push_back(other.get());
            }
        }
        loop->join(std::move(siblings));
    }
    signals_.watch_in(loops_.front()->events());
    for (Binding& binding : bindings_) {
        if (binding.listener.connected) {
            connected_.push_back(binding.listener.fd.get());
            const base::Peer peer = peer_of(binding.listener.fd.get());
            const Endpoint origin{-1, binding.handler, binding.keyring};
            const bool taken =
                loops_.front()->add_connection(std::move(binding.listener.fd), peer, origin);
            base::check(taken ? 0 : -1, "watch the connection");
        }
    }
}

std::vector<int> Server::descriptors() const {
    std::vector<int> all;
    for (const int descriptor : signals_.descriptors()) {
        all.push_back(descriptor);
    }
    for (const int descriptor : notifier_.descriptors()) {
        all.push_back(descriptor);
    }
    for (const Endpoint& endpoint : endpoints_) {
        all.push_back(endpoint.listener);
    }
    for (const std::unique_ptr<Loop>& loop : loops_) {
        for (const int descriptor : loop->descriptors()) {
            all.push_back(descriptor);
        }
    }
    all.insert(all.end(), connected_.begin(), connected_.end());
    std::erase(all, -1);
    return all;
}

std::vector<Server::Thread> Server::threads() {
    std::vector<Thread> threads;
    for (std::size_t index = 1; index < loops_.size(); ++index) {
        Loop* const loop = loops_[index].get();
        // Without a watchdog these loops may sleep for ever; with one they show that they are
        // alive.
        threads.push_back({"loop-" + std::to_string(index), loop_stack_bytes, [this, loop] {
                               const auto beat = notifier_.watchdog_interval();
                               while (true) {
                                   loop->run_once(beat ? std::optional(Clock::now() + *beat / 2)
                                                       : std::nullopt);
                               }
                           }});
    }
    for (std::size_t index = 0; index < plan_.worker_count; ++index) {
        threads.push_back({"worker-" + std::to_string(index), limits::worker_stack_bytes,
                           [this] { workers_.run(); }});
    }
    return threads;
}

std::size_t Server::run() {
    Loop& own = *loops_.front();
    beats_.assign(loops_.size(), 0);
    next_beat_ = Clock::now();
    while (!is_drained() && (!drain_ends_ || Clock::now() < *drain_ends_)) {
        feed_watchdog();
        own.run_once(next_duty());
        obey(own);
    }
    std::size_t cut_off = 0;
    for (const std::unique_ptr<Loop>& loop : loops_) {
        cut_off += loop->connection_count();
    }
    return cut_off;
}

// A wish to end outranks one to retire, also when it comes later: a reboot does not wait for a
// download.
void Server::obey(const Loop& own) {
    if (next_extension_) {
        extend_timeout();
    } else if (own.is_asked_to_end()) {
        stop("draining: answering what was asked, accepting nothing new");
    } else if (drain_ends_) {
        return;
    } else if (own.is_asked_to_retire()) {
        retire();
    } else if (plan_.idle_exit) {
        look_for_connections();
    }
}

// For systemd it runs on, watchdog and all: a service that says STOPPING=1 has TimeoutStopSec= from
// then on, and no later SIGTERM to end it sooner.
void Server::retire() {
    notifier_.status("retired: answering what was asked, accepting nothing new");
    drain_for(limits::retirement_time);
}

void Server::stop(const char* status) {
    notifier_.stopping(status);
    next_extension_ = Clock::now();
    extend_timeout();
    drain_for(plan_.drain_time);
}

void Server::drain_for(std::chrono::seconds time) {
    if (!drain_ends_) {
        for (const std::unique_ptr<Loop>& loop : loops_) {
            loop->begin_drain(loops_.front()->events());
        }
    }
    drain_ends_ = Clock::now() + time;
}

// systemd is told again and again how long it may take while work remains, in case TimeoutStopSec=
// is shorter: a process that hangs meanwhile says nothing more, and is killed (sd_notify(3),
// EXTEND_TIMEOUT_USEC).
void Server::extend_timeout() {
    const Clock::time_point now = Clock::now();
    if (now >= *next_extension_) {
        next_extension_ = now + limits::stop_extension_time / 2;
        notifier_.extend_timeout(limits::stop_extension_time);
    }
}

// Ends like a service that was asked to, if nobody has been connected for so long. What comes
// meanwhile waits in the queue of the manager's socket, and starts the next process.
void Server::look_for_connections() {
    std::uint64_t seen = 0;
    std::size_t connected = 0;
    for (const std::unique_ptr<Loop>& loop : loops_) {
        seen += loop->accepted_count();
        connected += loop->connection_count();
    }
    const Clock::time_point now = Clock::now();
    if (connected != 0 || seen != seen_connections_) {
        seen_connections_ = seen;
        unused_since_.reset();
    } else if (!unused_since_) {
        unused_since_ = now;
    } else if (now - *unused_since_ >= *plan_.idle_exit) {
        stop("unused: the next connection starts the service again");
    }
}

bool Server::is_drained() const {
    return std::all_of(loops_.begin(), loops_.end(), [this](const std::unique_ptr<Loop>& loop) {
        return endpoints_.empty() ? loop->connection_count() == 0 : loop->is_drained();
    });
}

void Server::feed_watchdog() {
    const auto interval = notifier_.watchdog_interval();
    if (!interval || Clock::now() < next_beat_) {
        return;
    }
    next_beat_ = Clock::now() + *interval;
    if (makes_progress()) {
        notifier_.watchdog();
    }
}

// The watchdog is fed only if every loop has turned since the last time and every worker comes
// back: one that is stuck means a restart.
bool Server::makes_progress() {
    bool all_turned = true;
    for (std::size_t index = 0; index < loops_.size(); ++index) {
        const std::uint64_t turns = loops_[index]->turn_count();
        all_turned = all_turned && (index == 0 || turns != beats_[index]);
        beats_[index] = turns;
    }
    const auto since = workers_.busy_since();
    return all_turned && (!since || Clock::now() - *since < plan_.work_time);
}

std::optional<Clock::time_point> Server::next_duty() const {
    std::optional<Clock::time_point> due;
    if (notifier_.watchdog_interval()) {
        due = next_beat_;
    }
    const auto include = [&due](Clock::time_point other) {
        due = due ? std::min(*due, other) : other;
    };
    if (drain_ends_) {
        include(*drain_ends_);
    } else if (plan_.idle_exit) {
        include(Clock::now() + limits::unused_check_time);
    }
    if (next_extension_) {
        include(*next_extension_);
    }
    return due;
}

}  // namespace cloister::server
