// SPDX-License-Identifier: MIT
// The command line, checked and immutable.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "press/conventions.h"

namespace cloister {

enum class Command : std::uint8_t { serve, check, pack, policy, audit, acme_board, version, help };

// PEM files, of one name that TLS serves.
struct TlsFiles {
    std::string certificate;  // the chain, the server's own first
    std::string key;
};

struct Options {
    Command command = Command::serve;
    std::optional<std::string> site;           // the folder to publish, or an image of one
    bool has_hosts = false;                    // it holds a folder for each host
    press::Conventions conventions;            // of the site
    std::optional<std::uint64_t> site_memory;  // bytes, for files of the site
    std::string image;                         // that `pack` makes
    std::vector<std::string> listen;           // by hand only: what systemd::listen_on() takes
    std::vector<TlsFiles> tls;                 // in the order of the flags; both files named
    std::optional<std::string> acme_board;     // the file that challenges are read from
    std::optional<std::uint16_t> redirect_to_https;  // the port that clients are sent to
    std::size_t threads = 1;                         // loops
    std::chrono::seconds drain{};                    // for answers begun before SIGTERM
    std::optional<std::size_t> connections;          // at once, of everybody
    std::optional<std::size_t> peer_connections;     // at once, of one peer
    std::optional<std::chrono::seconds> idle_exit;   // without a connection for so long
    std::vector<std::string> allow_missing;          // defences whose absence is accepted
    bool json = false;                               // of `policy` and `audit`
    std::vector<std::string> operands;               // of `acme-board`: its folder and its board
};

// Throws base::Failure (EX_USAGE) that names the argument and the remedy; for --tls-cert without
// its --tls-key, and the other way round, and for two sites, too.
Options parse_options(int argc, const char* const* argv);

// What --help prints; fits a screen.
const char* help_text();

}  // namespace cloister
