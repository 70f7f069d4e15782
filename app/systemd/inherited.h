// SPDX-License-Identifier: MIT
// A descriptor that was passed to us, and what it must be before anything is done with it.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "systemd/listen_variables.h"

namespace cloister::systemd {

struct Inherited {
    base::Fd fd;
    std::string name;  // not unique
};

// Throws base::Failure (EX_CONFIG): the descriptor's number and name, then `complaint`, which ends
// in the remedy.
[[noreturn]] void refuse(const Inherited& inherited, const std::string& complaint);

// Takes ownership of all announced descriptors, in their order, and sets FD_CLOEXEC on each. Throws
// base::Failure for the first that is not open.
std::vector<Inherited> take_descriptors(const Announcement& announcement);

// Refuses all but a stream socket of AF_INET, AF_INET6 or AF_UNIX; AF_VSOCK too, since its peers
// have no address that limits and logs could use.
void require_stream_socket(const Inherited& inherited);

// Whether a stream socket is a connection rather than a listener. Refuses one that is neither, and
// a connection that is not `alone`. One named "connection" may have been reset by its client
// already.
bool is_connection(const Inherited& inherited, bool alone);

// Refuses all but a connected unix datagram socket, as OpenFile= makes of a datagram socket's path.
void require_notify_socket(const Inherited& inherited);

}  // namespace cloister::systemd
