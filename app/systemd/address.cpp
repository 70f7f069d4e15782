// SPDX-License-Identifier: MIT
#include "systemd/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "base/check.h"
#include "base/one_line.h"

namespace cloister::systemd {

namespace {

constexpr std::size_t unix_head_bytes = offsetof(sockaddr_un, sun_path);

// sockaddr_storage may be read as any address only by a copy.
template <class Specific>
Specific copy_of(const Address& address) {
    Specific specific{};
    static_assert(sizeof specific <= sizeof address.storage);
    std::memcpy(&specific, &address.storage, sizeof specific);
    return specific;
}

template <class Specific>
Address address_from(const Specific& specific, std::size_t length_bytes) {
    Address address;
    std::memcpy(&address.storage, &specific, length_bytes);
    address.length = static_cast<socklen_t>(length_bytes);
    return address;
}

std::string text_of_v4(const sockaddr_in& v4) {
    std::array<char, INET_ADDRSTRLEN> host{};
    ::inet_ntop(AF_INET, &v4.sin_addr, host.data(), host.size());
    return std::string(host.data()) + ":" + std::to_string(ntohs(v4.sin_port));
}

std::string text_of_v6(const sockaddr_in6& v6) {
    std::array<char, INET6_ADDRSTRLEN> host{};
    ::inet_ntop(AF_INET6, &v6.sin6_addr, host.data(), host.size());
    // The zone stays a number: its name would take a socket to find out.
    const std::string zone = v6.sin6_scope_id == 0 ? "" : "%" + std::to_string(v6.sin6_scope_id);
    return "[" + std::string(host.data()) + zone + "]:" + std::to_string(ntohs(v6.sin6_port));
}

std::string text_of_unix(const Address& address) {
    const auto unix_name = copy_of<sockaddr_un>(address);
    if (address.length <= unix_head_bytes) {
        return "unix";
    }
    // The kernel counts a path's final NUL, and may count one byte more than sun_path has.
    const std::size_t length_bytes =
        std::min<std::size_t>(address.length - unix_head_bytes, sizeof unix_name.sun_path);
    std::string_view name(&unix_name.sun_path[0], length_bytes);
    if (name.front() == '\0') {
        return base::one_line("@" + std::string(name.substr(1)));
    }
    return base::one_line(name.substr(0, name.find('\0')));
}

}  // namespace

const sockaddr* Address::generic() const {
    return reinterpret_cast<const sockaddr*>(&storage);
}

Address local_address(int socket) {
    Address address;
    address.length = sizeof address.storage;
    base::check(
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.length),
        "read the address of descriptor " + std::to_string(socket));
    return address;
}

std::optional<Address> unix_address(std::string_view name) {
    sockaddr_un unix_name{};
    unix_name.sun_family = AF_UNIX;
    const bool path = name.starts_with('/');
    const bool abstract = name.starts_with('@');
    if ((!path && !abstract) || name.size() < 2 || name.size() >= sizeof unix_name.sun_path ||
        name.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    std::memcpy(&unix_name.sun_path[0], name.data(), name.size());
    if (abstract) {
        // Its name is exactly as long as the length says; a final NUL would be part of it.
        unix_name.sun_path[0] = '\0';
        return address_from(unix_name, unix_head_bytes + name.size());
    }
    return address_from(unix_name, unix_head_bytes + name.size() + 1);
}

std::optional<Address> internet_address(const std::string& host, std::uint16_t port) {
    sockaddr_in v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return address_from(v4, sizeof v4);
    }
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        return address_from(v6, sizeof v6);
    }
    return std::nullopt;
}

std::string text_of(const Address& address) {
    switch (address.storage.ss_family) {
        case AF_INET:
            return text_of_v4(copy_of<sockaddr_in>(address));
        case AF_INET6:
            return text_of_v6(copy_of<sockaddr_in6>(address));
        case AF_UNIX:
            return text_of_unix(address);
        default:
            return "family " + std::to_string(address.storage.ss_family);
    }
}

}  // namespace cloister::systemd
