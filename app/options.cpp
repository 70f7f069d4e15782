// SPDX-License-Identifier: MIT
#include "options.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>

#include "arguments.h"
#include "base/limits.h"

namespace cloister {

namespace {

struct Verb {
    std::string_view name;
    Command command;
    std::span<const std::string_view> operands = {};  // what must follow it, in this order
};

constexpr std::array<std::string_view, 2> board_operands = {"DIR", "FILE"};

constexpr std::array verbs = {
    Verb{"serve", Command::serve},
    Verb{"check", Command::check},
    Verb{"pack", Command::pack},
    Verb{"policy", Command::policy},
    Verb{"audit", Command::audit},
    Verb{"--version", Command::version},
    Verb{"--help", Command::help},
    Verb{"-h", Command::help},
    Verb{"acme-board", Command::acme_board, board_operands},
};

// Processors this process may run on (sched_getaffinity(2)), which a container or CPUAffinity= may
// restrict.
std::size_t processor_count() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
}

// Certificates and keys may come in any order: the first belongs to the first.
void add_file(std::vector<TlsFiles>& pairs, std::string TlsFiles::*half, const std::string& file) {
    const auto open = std::find_if(pairs.begin(), pairs.end(),
                                   [half](const TlsFiles& pair) { return (pair.*half).empty(); });
    (open == pairs.end() ? pairs.emplace_back() : *open).*half = file;
}

void require_pairs(const std::vector<TlsFiles>& pairs) {
    for (const TlsFiles& pair : pairs) {
        if (pair.key.empty()) {
            refuse_arguments("--tls-cert " + pair.certificate + " lacks its --tls-key");
        }
        if (pair.certificate.empty()) {
            refuse_arguments("--tls-key " + pair.key + " lacks its --tls-cert");
        }
    }
}

// Its value is optional, so it never is the next argument.
bool take_redirect(Arguments& arguments, Options& options) {
    constexpr std::string_view flag = "--redirect-to-https";
    constexpr std::uint16_t https_port = 443;
    std::string value;
    if (arguments.front() == flag) {
        options.redirect_to_https = https_port;
        arguments.drop();
        return true;
    }
    if (!arguments.take(flag, value)) {
        return false;
    }
    options.redirect_to_https = static_cast<std::uint16_t>(
        parse_count(flag, value, 1, std::numeric_limits<std::uint16_t>::max()));
    return true;
}

// A flag without a value.
bool take_switch(Arguments& arguments, std::string_view flag, bool& is_on) {
    if (arguments.front() != flag) {
        return false;
    }
    is_on = true;
    arguments.drop();
    return true;
}

void take_operands(Arguments& arguments, const Verb& verb, Options& options) {
    for (const std::string_view operand : verb.operands) {
        if (arguments.empty() || arguments.front().empty() || arguments.front().starts_with("--")) {
            refuse_arguments(std::string(verb.name) + " lacks its " + std::string(operand));
        }
        options.operands.emplace_back(arguments.front());
        arguments.drop();
    }
}

void set_site(Options& options, const std::string& path, bool has_hosts) {
    if (options.site) {
        refuse_arguments("only one site can be named, and there are " + *options.site + " and " +
                         path + "; --sites DIR takes one for each host");
    }
    options.site = path;
    options.has_hosts = has_hosts;
}

// Flags of whatever has to do with a site.
bool take_site_flag(Arguments& arguments, Options& options) {
    std::string value;
    if (arguments.take("--site", value)) {
        set_site(options, value, false);
    } else if (arguments.take("--sites", value)) {
        set_site(options, value, true);
    } else if (arguments.take("--site-memory", value)) {
        options.site_memory = parse_size("--site-memory", value);
    } else {
        return take_switch(arguments, "--listing", options.conventions.listing) ||
               take_switch(arguments, "--single-page", options.conventions.single_page);
    }
    return true;
}

// `cloister pack` knows nothing but flags of a site, the folder and the image.
void parse_of_pack(Arguments& arguments, Options& options) {
    if (take_site_flag(arguments, options)) {
        return;
    }
    const std::string argument(arguments.front());
    if (argument.starts_with('-') || argument.empty() || !options.image.empty()) {
        refuse_arguments("unknown argument \"" + argument + "\"");
    }
    if (!options.site) {
        options.site = argument;
    } else {
        options.image = argument;
    }
    arguments.drop();
}

void parse_flag(Arguments& arguments, Options& options) {
    std::string value;
    if (take_site_flag(arguments, options)) {
        return;
    }
    if (arguments.take("--acme-board", value)) {
        options.acme_board = value;
    } else if (arguments.take("--listen", value)) {
        options.listen.push_back(value);
    } else if (arguments.take("--tls-cert", value)) {
        add_file(options.tls, &TlsFiles::certificate, value);
    } else if (arguments.take("--tls-key", value)) {
        add_file(options.tls, &TlsFiles::key, value);
    } else if (take_redirect(arguments, options)) {
        return;
    } else if (arguments.take("--threads", value)) {
        options.threads = parse_count("--threads", value, 1, 256);
    } else if (arguments.take("--drain", value)) {
        options.drain = std::chrono::seconds(parse_count("--drain", value, 0, 86400));
    } else if (arguments.take("--idle-exit", value)) {
        options.idle_exit = std::chrono::seconds(parse_count("--idle-exit", value, 1, 86400));
    } else if (arguments.take("--connections", value)) {
        options.connections = parse_count("--connections", value, 1, 1'000'000);
    } else if (arguments.take("--peer-connections", value)) {
        options.peer_connections = parse_count("--peer-connections", value, 1, 1'000'000);
    } else if (arguments.take("--allow-missing", value)) {
        options.allow_missing.push_back(value);
    } else if (arguments.front() == "--json" &&
               (options.command == Command::policy || options.command == Command::audit)) {
        options.json = true;
        arguments.drop();
    } else {
        refuse_arguments("unknown argument \"" + std::string(arguments.front()) + "\"");
    }
}

}  // namespace

Options parse_options(int argc, const char* const* argv) {
    Options options;
    options.threads = processor_count();
    options.drain = base::limits::drain_time;
    Arguments arguments(argc, argv);
    if (!arguments.empty()) {
        const auto* const verb =
            std::find_if(verbs.begin(), verbs.end(),
                         [&arguments](const Verb& row) { return row.name == arguments.front(); });
        if (verb != verbs.end()) {
            options.command = verb->command;
            arguments.drop();
            take_operands(arguments, *verb, options);
        }
    }
    while (!arguments.empty()) {
        if (options.command == Command::pack) {
            parse_of_pack(arguments, options);
        } else {
            parse_flag(arguments, options);
        }
    }
    require_pairs(options.tls);
    if (options.command == Command::pack && options.image.empty()) {
        refuse_arguments(
            "pack takes a folder and the image to make of it: cloister pack DIR IMAGE");
    }
    if ((options.conventions.listing || options.conventions.single_page) && !options.site) {
        refuse_arguments("--listing and --single-page are about a site; name it with --site");
    }
    return options;
}

const char* help_text() {
    return R"(Cloister: a web server that never holds a privilege.

  cloister [serve] [FLAGS]   serve the sockets that systemd passed, or 127.0.0.1:8080 by hand
  cloister check [FLAGS]     do all that start-up does, confinement included, and exit
  cloister pack DIR IMAGE    make one file of a site, which --site serves in place; --sites DIR for several
  cloister policy [--json]   print the system calls that remain and the reason for each
  cloister audit [--json]    try to break out, under each layer and under all; exit 1 if anything succeeds
  cloister acme-board DIR FILE  keep the board FILE as the ACME challenges in DIR are
  cloister --version|--help  print the version, and those of its libraries, or this

Flags:
  --site DIR|IMAGE       publish the files below DIR, or in IMAGE; without it, a welcome page
  --sites DIR            publish a folder for each host, DIR/example.org, and DIR/_default for all others
  --site-memory SIZE     for files up to 64 KiB; the others stay open; default 256M
  --listing              of a folder without index.html, show what is in it; as index.json, too
  --single-page          answer with the site's index.html where it has no file
  --acme-board FILE      answer ACME http-01 challenges from FILE, which `cloister acme-board` keeps
  --listen ADDR:PORT     by hand only, may be repeated: 127.0.0.1:8080, https://[::1]:8443 or a unix path
  --tls-cert FILE        a certificate with its chain, in PEM; may be repeated, one for each name
  --tls-key FILE         its private key, in PEM; the first belongs to the first certificate, and so on
  --redirect-to-https    answer plain HTTP with the way to port 443; --redirect-to-https=PORT for another
  --threads N            event loops; default: one for each processor
  --drain SECONDS        after SIGTERM, time for answers that have begun; default 10
  --idle-exit SECONDS    end when nobody has been connected for so long; the socket starts it again
  --connections N        connections at once; default: as many as LimitNOFILE= allows
  --peer-connections N   of them, those of one address (IPv6: of one /64); default: a quarter
  --allow-missing NAME   serve although the kernel lacks a defence: landlock or seccomp

As a service: systemctl enable --now cloister-http.socket; the sockets' names are their roles
(FileDescriptorName=http). It refuses to run as root or with any capability: it needs neither.
)";
}

}  // namespace cloister
