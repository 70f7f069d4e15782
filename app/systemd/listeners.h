// SPDX-License-Identifier: MIT
// Socket activation: the sockets that the service manager bound for us, so that we never need the
// privilege to (sd_listen_fds(3), systemd.socket(5)).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"

namespace cloister::systemd {

enum class Role : std::uint8_t {
    http,   // plain HTTP for everybody
    https,  // TLS for everybody
    admin,  // status, health and metrics
};

// A stream socket, ready for a loop: close-on-exec, O_NONBLOCK and, for TCP, TCP_NODELAY, which
// accepted sockets inherit. The service manager holds the same socket: close(2) it, but never
// shutdown(2) a listener and never unlink its path, for that would end it for every successor.
struct Listener {
    base::Fd fd;
    Role role = Role::http;
    std::string name;        // as the service manager gave it; empty by hand
    std::string address;     // the local one, for people: text_of(Address)
    bool connected = false;  // Accept=yes: the one connection to serve, not a listener
};

// The name under which Notifier::store() gives the memory of the session tickets' keys to the
// service manager, and under which it comes back to the next process.
constexpr const char* ticket_keys_name = "ticket-keys";

struct Adoption {
    // In the order of their descriptors, which between two .socket units is undefined: go by role.
    // Empty although activated: only "notify" or "ticket-keys" came, so the service was started
    // without its sockets.
    std::vector<Listener> listeners;
    // OpenFile=/run/systemd/notify:notify, a connected datagram socket; owns nothing if not passed.
    base::Fd notify;
    // What the last process stored as ticket_keys_name; owns nothing if nothing came. Open, and
    // nothing else is known of it: base::read_sealed().
    base::Fd ticket_keys;
    // Descriptors were passed, and to us.
    bool activated = false;
    // Inherited descriptors from this number on are nobody's. -1: they are another process's.
    int others_from = -1;
};

// Takes the descriptors that LISTEN_PID, LISTEN_PIDFDID, LISTEN_FDS and LISTEN_FDNAMES announce,
// and unsets all four whatever comes of it; a second call finds nothing. Call it before anything is
// opened and before the first thread. Variables for another process: nothing is touched.
//
// A descriptor's name is its role: "http", "https", "admin", or a unit's default name that is one
// ("http.socket", "x-http.socket", "x-http@instance.socket"). Several may share a role. A socket
// that is alone may have any unit's default name, or none ("unknown"), or be the connection of
// Accept=yes ("connection"): it is http. "notify" and "ticket-keys" are no sockets to serve; of
// several named "ticket-keys" the first is kept and the others are closed, for keys that are lost
// cost a client one full handshake, and a start that is refused costs all of them everything.
//
// Throws base::Failure (EX_CONFIG), naming descriptor, name and remedy, for the first descriptor
// that is not open, not a socket of AF_INET, AF_INET6 or AF_UNIX, not a stream, neither listening
// nor connected, connected beside other sockets, or without a role; for malformed variables
// (interpret()); and for a socket as standard input (StandardInput=socket passes no variables).
Adoption adopt();

// Closes what came along unannounced: all descriptors from others_from on, close_range(2). Call it
// right after adopt(), since it cannot tell them from those opened later. Throws std::system_error.
void close_other_descriptors(const Adoption& adoption);

}  // namespace cloister::systemd
