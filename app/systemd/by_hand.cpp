// SPDX-License-Identifier: MIT
#include "systemd/by_hand.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/one_line.h"
#include "systemd/address.h"
#include "systemd/decimal.h"
#include "systemd/socket_option.h"

namespace cloister::systemd {

namespace {

[[noreturn]] void refuse(int exit_status, const std::string& address,
                         const std::string& complaint) {
    throw base::Failure(exit_status, "listen on " + base::one_line(address) + ": " + complaint);
}

// The IP address in `host`, without the brackets that an IPv6 one must have; "" if it has none.
std::string literal_in(std::string_view host) {
    if (host == "localhost") {
        return "127.0.0.1";
    }
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    const bool has_colons = host.find(':') != std::string_view::npos;
    if (bracketed != has_colons) {
        return "";
    }
    return std::string(bracketed ? host.substr(1, host.size() - 2) : host);
}

struct Scheme {
    std::string_view text;
    Role role;
};

constexpr std::array<Scheme, 2> schemes = {{{"http://", Role::http}, {"https://", Role::https}}};

struct Place {
    Address address;
    Role role = Role::http;

    [[nodiscard]] bool is_path() const { return address.storage.ss_family == AF_UNIX; }
};

std::optional<Address> internet_address_in(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto port = parse_decimal(text.substr(colon + 1));
    if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
        return std::nullopt;
    }
    return internet_address(literal_in(text.substr(0, colon)), static_cast<std::uint16_t>(*port));
}

Place parse(const std::string& text) {
    std::string_view rest = text;
    Role role = Role::http;
    for (const Scheme& scheme : schemes) {
        if (text.starts_with(scheme.text)) {
            rest.remove_prefix(scheme.text.size());
            role = scheme.role;
        }
    }
    const auto address = text.starts_with('/') ? unix_address(text) : internet_address_in(rest);
    if (!address) {
        refuse(EX_USAGE, text,
               "not an address; write ADDR:PORT with an IP address, as in 127.0.0.1:8080, "
               "[::1]:8080 or https://0.0.0.0:8443, or the path of a unix socket (at most 107 "
               "bytes)");
    }
    return {*address, role};
}

[[noreturn]] void refuse_bind(const std::string& text, const Place& place, int error) {
    const bool is_path = place.is_path();
    switch (error) {
        case EADDRINUSE:
            refuse(EX_UNAVAILABLE, text,
                   is_path ? "the path exists; if no server uses it any more, remove it"
                           : "another program listens there; stop it, or choose another port "
                             "with --listen ADDR:PORT");
        case EADDRNOTAVAIL:
            refuse(EX_UNAVAILABLE, text,
                   "this machine has no such address; choose one that `ip address` shows");
        case EACCES:
            refuse(EX_NOPERM, text,
                   is_path
                       ? "not permitted to make a socket there; choose a directory of yours"
                       : "ports below 1024 need a privilege, which cloister never holds; let "
                         "systemd bind it: systemctl enable --now cloister-" +
                             std::string(place.role == Role::https ? "https" : "http") + ".socket");
        default:
            refuse(EX_UNAVAILABLE, text,
                   std::generic_category().message(error) + "; choose another with --listen");
    }
}

}  // namespace

Listener listen_on(const std::string& address) {
    const Place place = parse(address);
    const Address& where = place.address;
    base::Fd fd(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        refuse_bind(address, place, errno);
    }
    if (!place.is_path()) {
        const int on = 1;
        base::check(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
                    "set SO_REUSEADDR");
        set_no_delay(fd.get());
    }
    if (::bind(fd.get(), where.generic(), where.length) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        refuse_bind(address, place, errno);
    }
    Listener listener;
    listener.role = place.role;
    listener.address = text_of(local_address(fd.get()));
    listener.fd = std::move(fd);
    return listener;
}

}  // namespace cloister::systemd
