// SPDX-License-Identifier: MIT
#include "audit_command.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sandbox/audit/audit.h"
#include "sandbox/sandbox.h"
#include "transport/tls_digest.h"

namespace cloister {

namespace {

// The path of this program, so that the remedy works when it is pasted.
std::string own_path() {
    std::error_code problem;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", problem);
    return problem ? "cloister" : path.string();
}

void require_no_privilege() {
    try {
        sandbox::refuse_privilege();
    } catch (const sandbox::Refusal&) {
        throw sandbox::Refusal(
            "what root or a capability may do says nothing about the server, which has neither; "
            "run: setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "
            "--bounding-set=-all " +
            own_path() + " audit");
    }
}

// Colours are for people who look at a terminal and have not said NO_COLOR (no-color.org).
bool wants_colours() {
    const char* const refusal = ::getenv("NO_COLOR");
    return ::isatty(STDOUT_FILENO) == 1 && (refusal == nullptr || *refusal == '\0');
}

}  // namespace

int print_audit(bool as_json) {
    require_no_privilege();
    const sandbox::audit::Result result = sandbox::audit::audit();
    const std::string digest =
        "sha256 " + transport::sha256_text(std::as_bytes(std::span(result.filter)));
    const std::string report =
        as_json ? json_of(result, digest) : text_of(result, digest, wants_colours());
    std::fputs(report.c_str(), stdout);
    return result.exit_status();
}

}  // namespace cloister
