// SPDX-License-Identifier: MIT
#include "keys.h"

#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/sealed_memory.h"
#include "systemd/environment.h"
#include "systemd/listeners.h"
#include "transport/tls_files.h"
#include "transport/tls_pair.h"

namespace cloister {

namespace {

using transport::TicketKeys;

std::vector<transport::PairFiles> files_for(const Options& options) {
    std::vector<transport::PairFiles> files;
    for (const TlsFiles& pair : options.tls) {
        files.push_back(transport::pair_of(pair.certificate, pair.key));
    }
    const auto folder = systemd::take_variable("CREDENTIALS_DIRECTORY");
    if (files.empty() && folder) {
        files = transport::pairs_in(*folder);
    }
    return files;
}

// Without a store, or a limit that allows it, clients make a full handshake after a restart.
void store(const TicketKeys& tickets, const systemd::Notifier& notifier, const base::Log& log) {
    try {
        const TicketKeys::State state = tickets.serialised();
        const base::Fd memory = base::seal_in_memory(systemd::ticket_keys_name, state.bytes);
        static_cast<void>(notifier.store(memory.get(), systemd::ticket_keys_name));
    } catch (const std::system_error& error) {
        log.warning(std::string("TLS sessions will not outlive a restart: ") + error.what() +
                    "; allow LimitFSIZE=4K, ignoring");
    }
}

std::unique_ptr<TicketKeys> ticket_keys(const base::Fd& stored, bool may_store,
                                        const systemd::Notifier& notifier, const base::Log& log) {
    const auto now = std::chrono::system_clock::now();
    TicketKeys::State state;
    std::unique_ptr<TicketKeys> tickets;
    if (stored && base::read_sealed(stored.get(), state.bytes)) {
        tickets = TicketKeys::restored(state.bytes, now);
    }
    if (!tickets) {
        tickets = TicketKeys::fresh(now);
    }
    if (may_store && !tickets->matches(state.bytes)) {
        store(*tickets, notifier, log);
    }
    return tickets;
}

// Keys that somebody has named are meant to be used; those that only lie there may be for later.
void accept_unused(const Options& options, std::size_t count, const base::Log& log) {
    if (!options.tls.empty()) {
        throw base::Failure(EX_USAGE,
                            "--tls-cert is of no use without a socket for https; add --listen "
                            "https://ADDR:PORT, or start cloister-https.socket");
    }
    if (count != 0) {
        log.notice(
            "there is a certificate, but no socket for https; to serve it: systemctl "
            "enable --now cloister-https.socket");
    }
}

}  // namespace

Keys load_keys(const Options& options, bool has_https_socket, const base::Fd& stored,
               const systemd::Notifier& notifier, const base::Log& log) {
    const std::vector<transport::PairFiles> files = files_for(options);
    if (!has_https_socket) {
        accept_unused(options, files.size(), log);
        return {};
    }
    if (files.empty()) {
        throw base::Failure(
            EX_CONFIG,
            "there is a socket for https, but no certificate; put tls.crt and tls.key into "
            "/etc/cloister/tls (LoadCredential=), name them with --tls-cert and --tls-key, or "
            "disable cloister-https.socket");
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::vector<transport::TlsPair> pairs;
    pairs.reserve(files.size());
    for (const transport::PairFiles& pair : files) {
        pairs.push_back(transport::load_pair(pair, now));
    }
    Keys keys;
    keys.tickets = ticket_keys(stored, options.command == Command::serve, notifier, log);
    keys.ring = std::make_unique<transport::Keyring>(std::move(pairs), *keys.tickets);
    for (const std::string& warning : keys.ring->warnings()) {
        log.warning(warning);
    }
    return keys;
}

}  // namespace cloister
