// SPDX-License-Identifier: MIT
#include "systemd/notifier.h"

#include <sys/socket.h>
#include <sys/time.h>
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

// Long enough for a manager that is busy, short enough for a drain of 10 seconds.
constexpr timeval send_time = {.tv_sec = 5, .tv_usec = 0};

// Flags of send(2). Nothing that happens to a manager may reach us as a signal.
constexpr int waiting = MSG_NOSIGNAL;
constexpr int at_once = MSG_NOSIGNAL | MSG_DONTWAIT;

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

// Whether the manager's queue took it; without a manager nothing is owed to one.
bool send_to(const base::Fd& socket, std::string_view message, int flags) {
    if (!socket) {
        return true;
    }
    ssize_t sent = -1;
    do {
        sent = ::send(socket.get(), message.data(), message.size(), flags);
    } while (sent == -1 && errno == EINTR);
    return sent == static_cast<ssize_t>(message.size());
}

// The same, with a copy of `descriptor` (SCM_RIGHTS, unix(7)).
bool send_with_descriptor(const base::Fd& socket, std::string message, int descriptor) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
    iovec text = {.iov_base = message.data(), .iov_len = message.size()};
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
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(socket.get(), &datagram, waiting);
    } while (sent == -1 && errno == EINTR);
    return sent == static_cast<ssize_t>(message.size());
}

}  // namespace

Notifier Notifier::connect(base::Fd handed_over) {
    const auto address = take_variable("NOTIFY_SOCKET");
    const bool has_store = take_variable("FDSTORE") != "0";
    const auto watchdog_interval = take_watchdog_interval();
    base::Fd socket = std::move(handed_over);
    if (!socket && address) {
        socket = connect_notify_socket(*address);
    }
    if (!socket) {
        return {base::Fd(), false, std::nullopt};
    }
    // NonBlocking=true in the unit makes a socket that was handed over lose READY=1.
    make_blocking(socket.get());
    base::check(::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &send_time, sizeof send_time),
                "set SO_SNDTIMEO");
    return {std::move(socket), has_store, watchdog_interval};
}

Notifier::Notifier(base::Fd socket, bool has_store, std::optional<microseconds> watchdog_interval)
    : socket_(std::move(socket)), has_store_(has_store), watchdog_interval_(watchdog_interval) {}

bool Notifier::store(int descriptor, std::string_view name) const {
    if (!socket_ || !has_store_) {
        return false;
    }
    // First removed, because the store has room for one and would refuse a second.
    const std::string named = "=1\nFDNAME=" + std::string(name);
    return send_to(socket_, "FDSTOREREMOVE" + named, waiting) &&
           send_with_descriptor(socket_, "FDSTORE" + named, descriptor);
}

bool Notifier::ready(std::string_view status) const {
    return send_to(socket_, with_status("READY=1", status), waiting);
}

void Notifier::stopping(std::string_view status) const {
    send_to(socket_, with_status("STOPPING=1", status), waiting);
}

void Notifier::status(std::string_view text) const {
    send_to(socket_, "STATUS=" + base::one_line(text), at_once);
}

void Notifier::watchdog() const {
    send_to(socket_, "WATCHDOG=1", at_once);
}

void Notifier::extend_timeout(microseconds time) const {
    send_to(socket_, "EXTEND_TIMEOUT_USEC=" + std::to_string(time.count()), at_once);
}

}  // namespace cloister::systemd
