// SPDX-License-Identifier: MIT
#include "systemd/by_hand.h"

#include <sys/socket.h>

#include <cerrno>
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

Address parse(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::optional<Address> address;
    if (text.starts_with('/')) {
        address = unix_address(text);
    } else if (colon != std::string::npos) {
        const auto port = parse_decimal(std::string_view(text).substr(colon + 1));
        if (port && *port <= std::numeric_limits<std::uint16_t>::max()) {
            address = internet_address(literal_in(std::string_view(text).substr(0, colon)),
                                       static_cast<std::uint16_t>(*port));
        }
    }
    if (!address) {
        refuse(EX_USAGE, text,
               "not an address; write ADDR:PORT with an IP address, as in 127.0.0.1:8080, "
               "[::1]:8080 or 0.0.0.0:8080, or the path of a unix socket (at most 107 bytes)");
    }
    return *address;
}

[[noreturn]] void refuse_bind(const std::string& text, bool is_path, int error) {
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
                   is_path ? "not permitted to make a socket there; choose a directory of yours"
                           : "ports below 1024 need a privilege, which cloister never holds; let "
                             "systemd bind it: systemctl enable --now cloister-http.socket");
        default:
            refuse(EX_UNAVAILABLE, text,
                   std::generic_category().message(error) + "; choose another with --listen");
    }
}

}  // namespace

Listener listen_on(const std::string& address) {
    const Address where = parse(address);
    const bool is_path = where.storage.ss_family == AF_UNIX;
    base::Fd fd(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        refuse_bind(address, is_path, errno);
    }
    if (!is_path) {
        const int on = 1;
        base::check(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
                    "set SO_REUSEADDR");
        set_no_delay(fd.get());
    }
    if (::bind(fd.get(), where.generic(), where.length) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        refuse_bind(address, is_path, errno);
    }
    Listener listener;
    listener.address = text_of(local_address(fd.get()));
    listener.fd = std::move(fd);
    return listener;
}

}  // namespace cloister::systemd
