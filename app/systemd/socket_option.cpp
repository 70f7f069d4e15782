// SPDX-License-Identifier: MIT
#include "systemd/socket_option.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/check.h"

namespace cloister::systemd {

int socket_option(int descriptor, int option) {
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

void make_non_blocking(int descriptor) {
    const int flags = base::check(::fcntl(descriptor, F_GETFL), "read O_NONBLOCK");
    base::check(::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK), "set O_NONBLOCK");
}

bool set_no_delay(int descriptor) {
    const int on = 1;
    return ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
}

}  // namespace cloister::systemd
