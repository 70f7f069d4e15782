// SPDX-License-Identifier: MIT
// The few properties of a socket that we ask for or ensure, on adopted sockets and our own alike.
#pragma once

namespace cloister::systemd {

// An int option of level SOL_SOCKET, socket(7): SO_TYPE, SO_DOMAIN, SO_ACCEPTCONN. -1 if
// `descriptor` is no socket.
int socket_option(int descriptor, int option);

// Sets O_NONBLOCK, fcntl(2). It belongs to the open file, so every process that shares
// the socket sees it. Throws std::system_error.
void make_non_blocking(int descriptor);

// TCP_NODELAY, tcp(7): answers leave at once, and accepted sockets inherit it. False if
// `descriptor` is not TCP.
bool set_no_delay(int descriptor);

}  // namespace cloister::systemd
