// SPDX-License-Identifier: MIT
// Started by hand: a listener that we bind ourselves, where nobody needs a privilege.
#pragma once

#include <string>

#include "systemd/listeners.h"

namespace cloister::systemd {

// Where a server listens that neither systemd nor --listen gave a socket: only this machine sees
// it.
constexpr const char* default_address = "127.0.0.1:8080";
// The same for TLS, where there is a certificate: listen_on("https://" + this).
constexpr const char* default_https_address = "127.0.0.1:8443";

// A listener on `address`: "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (127.0.0.1; no resolver
// is asked), or the path of a unix socket that does not exist yet. "https://" before an address and
// port makes the role https; "http://" changes nothing. Port 0 is any free one; Listener::address
// tells which. The queue is as long as the kernel allows (SOMAXCONN). A port that was in use a
// moment ago may be bound again (SO_REUSEADDR).
//
// Throws base::Failure with a remedy: EX_USAGE if `address` is none of these, EX_NOPERM for a port
// below 1024 or a directory that is not ours, EX_UNAVAILABLE if it is in use or not of this
// machine.
Listener listen_on(const std::string& address);

}  // namespace cloister::systemd
