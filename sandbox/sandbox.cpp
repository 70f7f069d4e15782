// SPDX-License-Identifier: MIT
#include "sandbox/sandbox.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "sandbox/attributes.h"
#include "sandbox/descriptors.h"
#include "sandbox/filter_proof.h"
#include "sandbox/heap.h"
#include "sandbox/landlock.h"
#include "sandbox/limits.h"
#include "sandbox/policy.h"
#include "sandbox/rehearsal.h"
#include "sandbox/seccomp.h"
#include "sandbox/status.h"
#include "sandbox/threads.h"
#include "sandbox/verify.h"

namespace cloister::sandbox {
namespace {

void require_known(const std::vector<std::string>& waived) {
    for (const std::string& name : waived) {
        const auto is_it = [&](const Defence& defence) {
            return defence.may_be_waived && defence.name == name;
        };
        if (std::none_of(defences().begin(), defences().end(), is_it)) {
            throw Refusal("no defence \"" + name +
                          "\" can be waived: --allow-missing takes landlock or seccomp");
        }
    }
}

// The kernel lacks `defence`, for the reason in errno: noted if that is accepted, or else the end.
void accept_missing(const std::string& defence, const std::vector<std::string>& waived,
                    Report& report) {
    const std::string reason = std::generic_category().message(errno);
    if (std::find(waived.begin(), waived.end(), defence) == waived.end()) {
        throw Refusal(
            defence + " is not available (" + reason +
            "): use a kernel, or a container, that has it, or serve without by --allow-missing=" +
            defence);
    }
    report.missing.push_back(defence);
}

// The filter, evaluated and found to permit exactly the table.
std::optional<Filter> prepare_filter(const std::vector<std::string>& waived, Report& report) {
    if (!kernel_can_filter()) {
        accept_missing("seccomp", waived, report);
        return std::nullopt;
    }
    Filter filter = compile_policy();
    const Survey found = require_policy(filter);
    report.system_calls = found.x86_64.count();
    report.argument_checked = found.x86_64.sometimes.size();
    return filter;
}

std::optional<Landlock> prepare_landlock(const std::vector<std::string>& waived, Report& report) {
    std::optional<Landlock> landlock = Landlock::make();
    if (landlock) {
        report.landlock_abi = landlock->abi();
    } else {
        accept_missing("landlock", waived, report);
    }
    return landlock;
}

// What each thread does to itself. The status file comes first: afterwards nothing can be opened.
Descriptor confine_thread(const std::optional<Landlock>& landlock) {
    Descriptor status_file = open_own_status();
    forbid_new_privileges();
    if (landlock) {
        landlock->restrict_calling_thread();
    }
    return status_file;
}

// Reads one thread's state back, and requires that it is locked.
Status verify(const Descriptor& status_file, const std::string& thread, const Status& before,
              bool filtered) {
    const Status status = read_status(status_file);
    require_locked(status, thread);
    if (filtered) {
        require_filter(status, thread, before);
    }
    return status;
}

}  // namespace

Report confine(Terms terms) {
    Report report;
    refuse_privilege();
    const Status before = read_status(open_own_status());
    require_threads(before, 1);
    require_known(terms.waived);

    close_all_but(std::move(terms.keep));
    settle_heap();
    const std::optional<Filter> filter = prepare_filter(terms.waived, report);
    const std::optional<Landlock> landlock = prepare_landlock(terms.waived, report);
    lower_limits();
    forbid_dumping();
    report.memory_deny_write_execute = deny_write_execute();

    std::vector<std::string> names;
    for (const Thread& thread : terms.threads) {
        names.push_back(thread.name);
    }
    // This thread comes last: those made after it would inherit its Landlock, and could not open
    // their status.
    const auto confine_self = [&] { return confine_thread(landlock); };
    Muster muster(std::move(terms.threads), confine_self);
    const Descriptor own_file = confine_self();
    forbid_new_processes();
    report.heap_bytes = reserve_heap(terms.heap_bytes);
    if (filter) {
        install_filter(*filter);
    }

    const auto files = muster.status_files();
    for (std::size_t number = 0; number < files.size(); ++number) {
        verify(files[number], names.at(number), before, filter.has_value());
    }
    const Status own = verify(own_file, "main", before, filter.has_value());
    require_threads(own, files.size() + 1);
    report.threads = own.threads;
    report.filters = own.seccomp_filters;
    report.bounding_set_empty = own.bounding == 0;
    rehearse(rows());
    muster.release();
    return report;
}

std::string Report::line() const {
    const auto is_missing = [this](std::string_view name) {
        return std::find(missing.begin(), missing.end(), name) != missing.end();
    };
    std::string text = "no capability, no new privileges, ";
    text += is_missing("landlock") ? "WITHOUT landlock"
                                   : "landlock abi " + std::to_string(landlock_abi);
    text += is_missing("seccomp") ? ", WITHOUT seccomp"
                                  : ", " + std::to_string(system_calls) + " system calls";
    text += " on " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
    return is_sanitizer_build ? "SANITIZER BUILD, " + text : text;
}

}  // namespace cloister::sandbox
