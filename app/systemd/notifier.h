// SPDX-License-Identifier: MIT
// What the service manager is told: ready, stopping, alive, and a line of status; and what it keeps
// for the next process (sd_notify(3)).
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/fd.h"
#include "base/limits.h"

namespace cloister::systemd {

// One connected datagram socket, and after connect() and store() nothing but write(2) to it and
// epoll_wait(2) for room in its queue: a confined process needs no more. All calls may come from
// several threads at once, and do nothing without a manager.
class Notifier {
  public:
    // Uses `handed_over` (Adoption::notify) if it owns a socket, else connects to $NOTIFY_SOCKET;
    // with neither, every call does nothing. NOTIFY_SOCKET, FDSTORE, WATCHDOG_USEC and WATCHDOG_PID
    // are unset, so that nothing else in this process speaks for it; a second Notifier is therefore
    // silent. Call it before confinement and before the first thread. Throws base::Failure
    // (connect_notify_socket(); EX_CONFIG for a malformed WATCHDOG_ variable), std::system_error.
    // `patience` is how long a message that must not be lost waits while the manager's queue is
    // full.
    static Notifier connect(base::Fd handed_over,
                            std::chrono::milliseconds patience = base::limits::notify_time);

    // FDSTOREREMOVE=1, then FDSTORE=1 with a copy of `descriptor`, both of FDNAME=`name`: it takes
    // the place of whatever was stored under that name, and the next process inherits it
    // (sd_pid_notify_with_fds(3)). At most 255 printable ASCII characters and no colon. False if
    // nothing was sent: there is no manager, or it keeps nothing for us (FDSTORE=0, systemd 254 and
    // newer), or its queue stayed full. True is no proof, as older ones tell nobody that they keep
    // nothing. Before confinement only: it takes sendmsg(2). Waits as ready() does.
    [[nodiscard]] bool store(int descriptor, std::string_view name) const;

    // READY=1 and STATUS=. Waits while the manager's queue is full, within its patience. False if
    // it was not taken: then the manager will end this start by its time-out.
    [[nodiscard]] bool ready(std::string_view status) const;

    // STOPPING=1 and STATUS=. Final: no ready() after it (systemd 259). Waits as ready() does.
    void stopping(std::string_view status) const;

    // STATUS=, as one_line() makes it. Never waits: a full queue loses it.
    void status(std::string_view text) const;

    // WATCHDOG=1, from the loops that serve. Never waits.
    void watchdog() const;

    // EXTEND_TIMEOUT_USEC=: start or stop may take `time` more from now on. Never waits.
    void extend_timeout(std::chrono::microseconds time) const;

    // How often to call watchdog(): half of WATCHDOG_USEC, as sd_watchdog_enabled(3) recommends.
    // Nothing without a manager, without the variable, or if WATCHDOG_PID is another process.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const {
        return watchdog_interval_;
    }

    [[nodiscard]] bool has_manager() const { return static_cast<bool>(socket_); }

    // The socket and what waits for it, still owned here, for whoever closes all others; -1 without
    // a manager.
    [[nodiscard]] std::array<int, 2> descriptors() const { return {socket_.get(), room_.get()}; }

  private:
    Notifier() = default;

    // With a copy of `descriptor`, if that is one.
    [[nodiscard]] bool send(std::string_view message, int descriptor = -1) const;
    [[nodiscard]] bool send_patiently(std::string_view message, int descriptor = -1) const;

    base::Fd socket_;  // non-blocking
    base::Fd room_;    // epoll(7): the socket's queue has room
    std::chrono::milliseconds patience_{};
    bool has_store_ = false;  // as far as we were told
    std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace cloister::systemd
