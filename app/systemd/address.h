// SPDX-License-Identifier: MIT
// Socket addresses, as the kernel has them and as people write them.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloister::systemd {

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;  // bytes of `storage` in use

    // For bind(2) and connect(2); valid as long as this object.
    [[nodiscard]] const sockaddr* generic() const;
};

// The address that `socket` is bound to, getsockname(2). Throws std::system_error if it is none.
Address local_address(int socket);

// "/path", or "@name" for the abstract namespace, unix(7). Nothing if it begins with neither, holds
// a NUL, is one byte long, or does not fit in sockaddr_un (107 bytes).
std::optional<Address> unix_address(std::string_view name);

// A literal IPv4 or IPv6 address (without brackets) and a port in host order; no resolver is asked.
// Nothing if `host` is no literal address.
std::optional<Address> internet_address(const std::string& host, std::uint16_t port);

// "127.0.0.1:80", "[::1]:80", "[fe80::1%2]:80", "/run/x.sock", "@name", "unix" for an unnamed unix
// socket, "family 40" for others. Always one_line().
std::string text_of(const Address& address);

}  // namespace cloister::systemd
