// SPDX-License-Identifier: MIT
#include "base/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace cloister::base {

Peer Peer::from(const sockaddr_storage& address) {
    Peer peer;
    peer.family = address.ss_family;
    if (address.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        std::memcpy(peer.address.data(), &v4.sin_addr, sizeof v4.sin_addr);
        peer.port = ntohs(v4.sin_port);
    } else if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        peer.port = ntohs(v6.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
            peer.family = AF_INET;
            std::memcpy(peer.address.data(), &v6.sin6_addr.s6_addr[12], 4);
        } else {
            std::memcpy(peer.address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
        }
    }
    return peer;
}

std::string Peer::text() const {
    if (family != AF_INET && family != AF_INET6) {
        return "unix";
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, address.data(), text.data(), text.size());
    return text.data();
}

}  // namespace cloister::base
