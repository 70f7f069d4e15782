// SPDX-License-Identifier: MIT
// The service manager as the tests play it: they make the sockets, and a forked child adopts them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "systemd/listeners.h"

namespace cloister::systemd::played {

constexpr int closed = -1;

// What the manager does before it starts the service. "self" stands for the child's own number.
struct Start {
    std::vector<int> descriptors = {};  // 3 and up in the child; lent by the test
    std::optional<std::string> names = std::nullopt;
    std::optional<std::string> pid = "self";
    std::optional<std::string> pidfd_id = std::nullopt;
    std::optional<std::string> fds = std::to_string(descriptors.size());
    int standard_input = closed;
};

// Runs `play` in a child that was started so. Returns what it returns; or "STATUS: MESSAGE" if it
// throws base::Failure, and " (variables left)" after it if any is still set; or "died: STATUS".
std::string in_child(const Start& start, const std::function<std::string()>& play);

// What such a child adopts: "3 http, 4 https connected, notify 5, ticket keys 6, activated", "by
// hand", and so on.
std::string adopted(const Start& start);
std::string describe(const Adoption& adoption);

// What the service sent: the next datagram on the manager's end, which waits for none.
struct Datagram {
    std::string text;  // "(none)" if there is no datagram
    std::vector<base::Fd> descriptors = {};
};

Datagram receive_from(const base::Fd& manager);

// On a free port of 127.0.0.1.
base::Fd tcp_listener();

// Two connected unix sockets.
std::pair<base::Fd, base::Fd> make_pair(int type);

}  // namespace cloister::systemd::played
