// SPDX-License-Identifier: MIT
#include "systemd/listeners.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "systemd/address.h"
#include "systemd/inherited.h"
#include "systemd/listen_variables.h"
#include "systemd/socket_option.h"

namespace cloister::systemd {

namespace {

constexpr std::array<std::pair<std::string_view, Role>, 3> roles = {{
    {"http", Role::http},
    {"https", Role::https},
    {"admin", Role::admin},
}};

constexpr std::string_view unit_suffix = ".socket";

Role role_of(const Inherited& inherited, bool alone, bool connected) {
    std::string_view name = inherited.name;
    const bool is_unit = name.ends_with(unit_suffix);
    if (is_unit) {
        name.remove_suffix(unit_suffix.size());
        name = name.substr(0, name.find('@'));
        name.remove_prefix(name.rfind('-') + 1);  // npos + 1 is 0: without a dash it stays whole
    }
    for (const auto& [text, role] : roles) {
        if (name == text) {
            return role;
        }
    }
    const bool nameless = is_unit || inherited.name == "unknown";
    if (alone && (nameless || (connected && inherited.name == "connection"))) {
        return Role::http;
    }
    refuse(inherited,
           "no role of that name; "
           "set FileDescriptorName= to http, https or admin in its .socket unit");
}

Listener adopt_listener(Inherited inherited, bool alone) {
    require_stream_socket(inherited);
    Listener listener;
    listener.connected = is_connection(inherited, alone);
    listener.role = role_of(inherited, alone, listener.connected);
    listener.address = text_of(local_address(inherited.fd.get()));
    make_non_blocking(inherited.fd.get());
    if (socket_option(inherited.fd.get(), SO_DOMAIN) != AF_UNIX &&
        !set_no_delay(inherited.fd.get())) {
        refuse(inherited, "not a TCP socket; remove SocketProtocol= from its .socket unit");
    }
    listener.name = std::move(inherited.name);
    listener.fd = std::move(inherited.fd);
    return listener;
}

void adopt_notify_socket(Inherited inherited, base::Fd& notify) {
    require_notify_socket(inherited);
    if (notify) {
        refuse(inherited, "the second of that name; pass one OpenFile= as notify");
    }
    notify = std::move(inherited.fd);
}

// systemd passes no variables with StandardInput=socket, so that we would start by hand, unseen.
void refuse_socket_as_standard_input() {
    const int family = socket_option(STDIN_FILENO, SO_DOMAIN);
    const bool internet = family == AF_INET || family == AF_INET6;
    const bool listening = socket_option(STDIN_FILENO, SO_ACCEPTCONN) == 1;
    const bool stream = socket_option(STDIN_FILENO, SO_TYPE) == SOCK_STREAM;
    if (listening || (internet && stream)) {
        throw base::Failure(
            EX_CONFIG,
            "descriptor 0 (standard input): a socket to serve, but without LISTEN_FDS; "
            "remove StandardInput=socket from the service unit");
    }
}

}  // namespace

Adoption adopt() {
    const ListenVariables variables = take_listen_variables();
    const Announcement announcement = interpret(variables, identify_self());
    Adoption adoption;
    if (announcement.addressee == Addressee::another_process) {
        return adoption;
    }
    adoption.others_from = first_descriptor + announcement.count;
    if (announcement.addressee == Addressee::nobody) {
        refuse_socket_as_standard_input();
        return adoption;
    }
    adoption.activated = true;
    std::vector<Inherited> sockets;
    for (Inherited& inherited : take_descriptors(announcement)) {
        if (inherited.name == "notify") {
            adopt_notify_socket(std::move(inherited), adoption.notify);
        } else if (inherited.name != ticket_keys_name) {
            sockets.push_back(std::move(inherited));
        } else if (!adoption.ticket_keys) {
            adoption.ticket_keys = std::move(inherited.fd);
        }
    }
    const bool alone = sockets.size() == 1;
    for (Inherited& inherited : sockets) {
        adoption.listeners.push_back(adopt_listener(std::move(inherited), alone));
    }
    return adoption;
}

void close_other_descriptors(const Adoption& adoption) {
    if (adoption.others_from >= 0) {
        base::check(::close_range(static_cast<unsigned int>(adoption.others_from),
                                  std::numeric_limits<unsigned int>::max(), 0),
                    "close inherited descriptors by close_range, which came with Linux 5.9");
    }
}

}  // namespace cloister::systemd
