// SPDX-License-Identifier: MIT
#include "systemd/notifier.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/one_line.h"
#include "systemd/decimal.h"
#include "systemd/environment.h"
#include "systemd/notify_socket.h"
#include "systemd/socket_option.h"

namespace cloister::systemd {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

std::uint64_t number_in(const char* variable, const std::string& value, std::uint64_t highest) {
    const auto number = parse_decimal(value);
    if (!number || *number == 0 || *number > highest) {
        throw base::Failure(EX_CONFIG, std::string(variable) + "=\"" + base::one_line(value) +
                                           "\": not a number from 1 to " + std::to_string(highest) +
                                           "; let the service manager set it, or unset it");
    }
    return *number;
}

std::optional<microseconds> take_watchdog_interval() {
    const auto time = take_variable("WATCHDOG_USEC");
    const auto pid = take_variable("WATCHDOG_PID");
    if (!time) {
        return std::nullopt;
    }
    // The highest number is systemd's "infinity", which no watchdog can mean.
    constexpr std::uint64_t infinity = std::numeric_limits<std::uint64_t>::max();
    const auto half = number_in("WATCHDOG_USEC", *time, infinity - 1) / 2;
    if (pid && number_in("WATCHDOG_PID", *pid, std::numeric_limits<pid_t>::max()) !=
                   static_cast<std::uint64_t>(::getpid())) {
        return std::nullopt;
    }
    // A timer of 0 would never fire.
    return std::max(microseconds(half), microseconds(1));
}

std::string with_status(std::string message, std::string_view status) {
    if (!status.empty()) {
        message += "\nSTATUS=" + base::one_line(status);
    }
    return message;
}

// sendmsg(2) of `message` with a copy of `descriptor` (SCM_RIGHTS, unix(7)).
ssize_t send_with_descriptor(int socket, std::string_view message, int descriptor) {
    std::string copy(message);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
    iovec text = {.iov_base = copy.data(), .iov_len = copy.size()};
    msghdr datagram{};
    datagram.msg_iov = &text;
    datagram.msg_iovlen = 1;
    datagram.msg_control = control.data();
    datagram.msg_controllen = control.size();
    cmsghdr* const rights = CMSG_FIRSTHDR(&datagram);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    return ::sendmsg(socket, &datagram, MSG_NOSIGNAL);
}

}  // namespace

Notifier Notifier::connect(base::Fd handed_over, std::chrono::milliseconds patience) {
    const auto address = take_variable("NOTIFY_SOCKET");
    const bool has_store = take_variable("FDSTORE") != "0";
    const auto watchdog_interval = take_watchdog_interval();
    Notifier notifier;
    notifier.socket_ = std::move(handed_over);
    if (!notifier.socket_ && address) {
        notifier.socket_ = connect_notify_socket(*address);
    }
    if (!notifier.socket_) {
        return notifier;
    }
    make_non_blocking(notifier.socket_.get());
    notifier.room_ = base::Fd(base::check(::epoll_create1(EPOLL_CLOEXEC), "make an epoll"));
    epoll_event room = {.events = EPOLLOUT, .data = {}};
    base::check(::epoll_ctl(notifier.room_.get(), EPOLL_CTL_ADD, notifier.socket_.get(), &room),
                "watch the notification socket");
    notifier.patience_ = patience;
    notifier.has_store_ = has_store;
    notifier.watchdog_interval_ = watchdog_interval;
    return notifier;
}

// Whether the manager's queue took it; without a manager nothing is owed to one.
bool Notifier::send(std::string_view message, int descriptor) const {
    if (!socket_) {
        return true;
    }
    ssize_t sent = -1;
    do {
        sent = descriptor < 0 ? ::write(socket_.get(), message.data(), message.size())
                              : send_with_descriptor(socket_.get(), message, descriptor);
    } while (sent == -1 && errno == EINTR);
    return sent == static_cast<ssize_t>(message.size());
}

// The same, if need be later: a manager that is well empties its queue.
bool Notifier::send_patiently(std::string_view message, int descriptor) const {
    const auto due = steady_clock::now() + patience_;
    while (!send(message, descriptor)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - steady_clock::now());
        if (errno != EAGAIN || left.count() <= 0) {
            return false;
        }
        epoll_event room = {};
        ::epoll_wait(room_.get(), &room, 1, static_cast<int>(left.count()));
    }
    return true;
}

bool Notifier::store(int descriptor, std::string_view name) const {
    if (!socket_ || !has_store_ || descriptor < 0) {
        return false;
    }
    // First removed, because the store has room for one and would refuse a second.
    const std::string named = "=1\nFDNAME=" + std::string(name);
    return send_patiently("FDSTOREREMOVE" + named) && send_patiently("FDSTORE" + named, descriptor);
}

bool Notifier::ready(std::string_view status) const {
    return send_patiently(with_status("READY=1", status));
}

void Notifier::stopping(std::string_view status) const {
    static_cast<void>(send_patiently(with_status("STOPPING=1", status)));
}

void Notifier::status(std::string_view text) const {
    static_cast<void>(send("STATUS=" + base::one_line(text)));
}

void Notifier::watchdog() const {
    static_cast<void>(send("WATCHDOG=1"));
}

void Notifier::extend_timeout(microseconds time) const {
    static_cast<void>(send("EXTEND_TIMEOUT_USEC=" + std::to_string(time.count())));
}

}  // namespace cloister::systemd
