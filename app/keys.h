// SPDX-License-Identifier: MIT
// The keys of the server: certificates from files or systemd's credentials, and the keys of session
// tickets, which outlive a restart in systemd's descriptor store.
#pragma once

#include <memory>

#include "base/fd.h"
#include "base/log.h"
#include "options.h"
#include "systemd/notifier.h"
#include "transport/tls_keyring.h"
#include "transport/tls_tickets.h"

namespace cloister {

struct Keys {
    std::unique_ptr<transport::TicketKeys> tickets;  // outlives the ring
    std::unique_ptr<transport::Keyring> ring;        // null: nothing is served over TLS
};

// Loads --tls-cert and --tls-key, or else the pairs in $CREDENTIALS_DIRECTORY, if
// `has_https_socket`. `stored` is what an earlier process left in the descriptor store, or owns
// nothing. Warnings about certificates go to the log. Before confinement. Throws base::Failure,
// naming the file and the remedy, if a pair cannot be used or there is none, or keys were named
// that no socket needs.
Keys load_keys(const Options& options, bool has_https_socket, const base::Fd& stored,
               const systemd::Notifier& notifier, const base::Log& log);

}  // namespace cloister
