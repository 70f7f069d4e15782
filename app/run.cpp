// SPDX-License-Identifier: MIT
#include "run.h"

#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "acme/board.h"
#include "acme_command.h"
#include "audit_command.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/log.h"
#include "dispatch.h"
#include "keys.h"
#include "load_site.h"
#include "options.h"
#include "sandbox/heap.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"
#include "server/server.h"
#include "site/site.h"
#include "systemd/by_hand.h"
#include "systemd/listeners.h"
#include "systemd/notifier.h"
#include "version.h"

namespace cloister {

namespace {

// The sockets that systemd passed; by hand, the ones we bind.
std::vector<systemd::Listener> listeners_for(systemd::Adoption& adoption,
                                             const systemd::Notifier& notifier,
                                             const Options& options) {
    if (adoption.activated && !options.listen.empty()) {
        throw base::Failure(
            EX_USAGE,
            "systemd has passed sockets, so --listen has no use; put the address into the "
            "ListenStream= of the .socket unit");
    }
    if (adoption.activated && !adoption.listeners.empty()) {
        return std::move(adoption.listeners);
    }
    if (options.listen.empty() && (adoption.activated || notifier.has_manager())) {
        throw base::Failure(
            EX_CONFIG,
            "started as a service without its socket; start cloister-http.socket, which "
            "starts the service, or name an address with --listen");
    }
    std::vector<systemd::Listener> listeners;
    for (const std::string& address : options.listen) {
        listeners.push_back(systemd::listen_on(address));
    }
    if (listeners.empty()) {
        listeners.push_back(systemd::listen_on(systemd::default_address));
        if (!options.tls.empty()) {
            listeners.push_back(
                systemd::listen_on(std::string("https://") + systemd::default_https_address));
        }
    }
    return listeners;
}

bool has_https_socket(const std::vector<systemd::Listener>& listeners) {
    return std::any_of(listeners.begin(), listeners.end(), [](const systemd::Listener& listener) {
        return listener.role == systemd::Role::https;
    });
}

// Who answers, by role.
struct Handlers {
    http::Handler http;
    http::Handler https;
    http::Handler admin;
};

Handlers make_handlers(const Options& options, const site::Site* site, const Routes* routes,
                       const acme::Board* board, const std::string& confinement,
                       const base::Log& log) {
    Handlers handlers{.http = {}, .https = {}, .admin = make_admin_handler()};
    handlers.https = site == nullptr && routes == nullptr ? make_welcome_handler(confinement)
                                                          : make_handler(site, routes, log);
    if (board != nullptr) {
        handlers.https = make_challenge_handler(*board, handlers.https);
    }
    handlers.http = options.redirect_to_https
                        ? make_redirect_handler(*options.redirect_to_https, handlers.https)
                        : handlers.https;
    return handlers;
}

// Who answers on which socket, and with which keys.
std::vector<server::Binding> bind_handlers(std::vector<systemd::Listener> listeners,
                                           const Handlers& handlers,
                                           const transport::Keyring* keyring) {
    std::vector<server::Binding> bindings;
    for (systemd::Listener& listener : listeners) {
        server::Binding binding{.listener = std::move(listener)};
        switch (binding.listener.role) {
            case systemd::Role::http:
                binding.handler = &handlers.http;
                break;
            case systemd::Role::https:
                binding.handler = &handlers.https;
                binding.keyring = keyring;
                break;
            case systemd::Role::admin:
                binding.handler = &handlers.admin;
                break;
        }
        bindings.push_back(std::move(binding));
    }
    return bindings;
}

sandbox::Terms terms_for(server::Server& server, const std::vector<int>& site_descriptors,
                         const Options& options) {
    sandbox::Terms terms{.keep = server.descriptors(),
                         .threads = {},
                         .waived = options.allow_missing,
                         .heap_bytes = base::limits::heap_bytes};
    terms.keep.insert(terms.keep.end(), site_descriptors.begin(), site_descriptors.end());
    for (server::Server::Thread& thread : server.threads()) {
        terms.threads.push_back(
            {std::move(thread.name), thread.stack_bytes, std::move(thread.run)});
    }
    return terms;
}

// "http://127.0.0.1:8080/ https://127.0.0.1:8443/", for people to click on.
std::string places_of(const std::vector<systemd::Listener>& listeners) {
    std::string text;
    for (const systemd::Listener& listener : listeners) {
        const std::string& address = listener.address;
        const bool is_path = address.starts_with('/') || address.starts_with('@');
        const char* const scheme = listener.role == systemd::Role::https ? "https://" : "http://";
        text += text.empty() ? "" : " ";
        text += is_path ? "unix:" + address : scheme + address + "/";
    }
    return text;
}

// "; tls: 1 certificate, which expires on 2026-12-24", and what is wrong with it.
std::string tls_text(const transport::Keyring* keyring) {
    std::string text;
    if (keyring != nullptr) {
        text = "; tls: " + keyring->text();
        for (const std::string& warning : keyring->warnings()) {
            text += "; " + warning;
        }
    }
    return text;
}

// The story: adopt, open the site, load the keys, confine, announce, serve, drain. Ends the process
// once it is confined, without going back through exit handlers that may want calls which no longer
// exist.
int serve(const Options& options, const Routes* routes, const base::Log& log) {
    sandbox::refuse_privilege();
    sandbox::settle_heap();

    systemd::Adoption adoption = systemd::adopt();
    systemd::close_other_descriptors(adoption);
    systemd::Notifier notifier = systemd::Notifier::connect(std::move(adoption.notify));
    std::vector<systemd::Listener> listeners = listeners_for(adoption, notifier, options);

    const site::Site site = load_site(options, notifier, log);

    const bool has_https = has_https_socket(listeners);
    if (options.redirect_to_https && !has_https) {
        throw base::Failure(EX_CONFIG,
                            "--redirect-to-https would send everybody to a port that nobody "
                            "serves; start cloister-https.socket, or leave the flag away");
    }
    if (options.idle_exit && !adoption.activated) {
        throw base::Failure(EX_USAGE,
                            "--idle-exit would close a port that nobody opens again; start the "
                            "service by its socket, or leave the flag away");
    }
    const Keys keys = load_keys(options, has_https, adoption.ticket_keys, notifier, log);

    std::optional<acme::Board> board;
    if (options.acme_board) {
        board = acme::Board::open(*options.acme_board);
    }

    std::string confinement;  // for the welcome page; known before the first request
    const Handlers handlers = make_handlers(options, options.site ? &site : nullptr, routes,
                                            board ? &*board : nullptr, confinement, log);
    const std::string places = places_of(listeners);
    const std::vector<int> site_descriptors = site.descriptors();
    server::Server server(bind_handlers(std::move(listeners), handlers, keys.ring.get()),
                          {.loop_count = options.threads,
                           .worker_count = routes != nullptr ? base::limits::worker_count : 0,
                           .open_file_count = site_descriptors.size(),
                           .drain_time = options.drain,
                           .connections = options.connections,
                           .peer_connections = options.peer_connections,
                           .idle_exit = options.idle_exit},
                          notifier, log);

    confinement = sandbox::confine(terms_for(server, site_descriptors, options)).line();
    if (options.command == Command::check) {
        log.notice("check passed: " + confinement);
        ::_exit(EX_OK);
    }

    const std::string what = options.site
                                 ? site_text(options, site)
                                 : std::string(routes != nullptr ? "routes" : "the welcome page");
    const std::string tls = tls_text(keys.ring.get());
    if (!notifier.ready("serving " + what + "; confined: " + confinement + tls)) {
        log.warning("systemd did not take READY=1, ignoring");
    }
    log.notice("serving " + what + " at " + places + tls);
    log.notice("confined: " + confinement);

    const std::size_t cut_off = server.run();
    log.notice(cut_off == 0
                   ? "drained: every answer was finished"
                   : "stopped at the drain limit; connections cut off: " + std::to_string(cut_off));
    ::_exit(EX_OK);
}

int obey(const Options& options, const Routes* routes, const base::Log& log) {
    switch (options.command) {
        case Command::help:
            std::fputs(help_text(), stdout);
            return EX_OK;
        case Command::version:
            std::fputs(version_text().c_str(), stdout);
            return EX_OK;
        case Command::policy:
            std::fputs((options.json ? sandbox::policy_json() : sandbox::policy_text()).c_str(),
                       stdout);
            return EX_OK;
        case Command::audit:
            return print_audit(options.json);
        case Command::pack:
            return pack_site(options, log);
        case Command::acme_board:
            keep_acme_board(options.operands[0], options.operands[1], log);
        case Command::serve:
        case Command::check:
            break;
    }
    return serve(options, routes, log);
}

// Every error of the start ends here: one line that names the thing and the remedy, and the status
// that systemd shows. The process may be confined in part, so it leaves by the shortest way.
int report_errors(const std::function<int(const base::Log&)>& story) {
    const base::Log log = base::Log::to_standard_error();
    int status = EX_OSERR;
    try {
        return story(log);
    } catch (const base::Failure& failure) {
        log.error(failure.what());
        status = failure.exit_status();
    } catch (const sandbox::Refusal& refusal) {
        log.error(refusal.what());
        status = EX_NOPERM;
    } catch (const std::exception& error) {
        log.error(error.what());
    }
    ::_exit(status);
}

}  // namespace

int run_program(const Routes& routes, int argc, char** argv) {
    return report_errors(
        [&](const base::Log& log) { return obey(parse_options(argc, argv), &routes, log); });
}

int run_appliance(int argc, char** argv) {
    return report_errors(
        [&](const base::Log& log) { return obey(parse_options(argc, argv), nullptr, log); });
}

}  // namespace cloister
