// SPDX-License-Identifier: MIT
// Where the service manager hears of us: the addresses that NOTIFY_SOCKET may hold, sd_notify(3).
#pragma once

#include <string>

#include "base/fd.h"

namespace cloister::systemd {

// A blocking datagram socket connected to `address`: a path, "@name" in the abstract namespace, or
// "vsock:CID:PORT" or "vsock-dgram:CID:PORT" with both numbers given.
//
// Throws base::Failure with a remedy: EX_CONFIG if `address` is none of these, or "vsock-stream:"
// or "vsock-seqpacket:", where every message takes a connection of its own, which a confined
// process cannot make; EX_UNAVAILABLE if it cannot be reached.
base::Fd connect_notify_socket(const std::string& address);

}  // namespace cloister::systemd
