// SPDX-License-Identifier: MIT
// Who is at the other end of a connection, in 20 bytes.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>

namespace cloister::base {

struct Peer {
    sa_family_t family = AF_UNSPEC;          // AF_INET, AF_INET6 or AF_UNIX
    std::uint16_t port = 0;                  // host order; 0 for unix sockets, which have none
    std::array<std::uint8_t, 16> address{};  // network order; the first 4 bytes for AF_INET

    // From accept4(2). An IPv4 address mapped into IPv6 (::ffff:a.b.c.d, RFC 4291 2.5.5.2), as a
    // dual-stack listener reports it, becomes the IPv4 address that the client has.
    static Peer from(const sockaddr_storage& address);

    // "192.0.2.1", "2001:db8::1", or "unix".
    [[nodiscard]] std::string text() const;
};

}  // namespace cloister::base
