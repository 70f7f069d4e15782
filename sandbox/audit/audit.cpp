// SPDX-License-Identifier: MIT
#include "sandbox/audit/audit.h"

#include <algorithm>

#include "sandbox/policy.h"

namespace cloister::sandbox::audit {
namespace {

// The lock was there, and the attempt failed.
bool is_denied(const Outcome& outcome, const Attempt& attempt) {
    switch (outcome.end) {
        case End::denied:
        case End::killed:
        case End::absent:
        case End::signalled:
            return true;
        case End::refused:
            // Who keeps a thread out of its sight is not locked, but does not serve either.
            return attempt.actor == Actor::elder;
        case End::succeeded:
        case End::timed_out:
        case End::broken:
            break;
    }
    return false;
}

// "fork succeeded on the main thread", or why it proves nothing.
std::string objection(const Row& row, const Column& column, const Outcome& outcome) {
    std::string text = std::string(row.attempt.name) + " under the full lock (" +
                       std::string(column.title) + "): " + outcome.text();
    return outcome.reason.empty() ? text : text + ": " + outcome.reason;
}

// Sanitizer builds permit more, and say so; the budget is the product's.
std::size_t budget() {
    return system_call_budget + sandbox::rows().size() - shipped_rows().size();
}

}  // namespace

bool Row::is_denied_outside() const {
    return outcomes.front().end != End::succeeded;
}

std::size_t Result::proofs() const {
    return static_cast<std::size_t>(std::count_if(
        rows.begin(), rows.end(), [](const Row& row) { return !row.is_denied_outside(); }));
}

std::vector<std::string> Result::objections() const {
    std::vector<std::string> all;
    if (self.landlock_abi == 0) {
        all.emplace_back("this kernel has no Landlock, or a container hides it");
    }
    if (!self.can_filter) {
        all.emplace_back("this kernel has no seccomp filters");
    }
    if (found.x86_64.count() > budget() || found.x32.count() + found.i386.count() != 0) {
        all.emplace_back("the filter lets more calls through than it may");
    }
    if (proofs() == 0) {
        all.emplace_back("no attempt succeeds here even without the lock, so nothing is proven");
    }
    for (const Row& row : rows) {
        for (std::size_t number = 0; number < columns.size(); ++number) {
            const Outcome& outcome = row.outcomes.at(number);
            if (columns[number].is_full && !is_denied(outcome, row.attempt)) {
                all.push_back(objection(row, columns[number], outcome));
            }
        }
    }
    return all;
}

int Result::exit_status() const {
    return objections().empty() ? 0 : 1;
}

Result audit(const Confine& confine, const std::vector<Attempt>& tried) {
    refuse_privilege();
    Result result;
    result.self = look_at_self();
    result.filter = compile_policy();
    result.found = survey(result.filter);

    const std::vector<Lock> all_locks = locks(confine);
    for (const Lock& lock : all_locks) {
        result.columns.push_back({lock.key, lock.title, lock.is_full});
    }
    result.columns.front().title = name_of(result.self.surroundings);

    for (const Attempt& attempt : tried) {
        Row row{.attempt = attempt, .outcomes = {}};
        for (std::size_t number = 0; number < all_locks.size(); ++number) {
            row.outcomes.push_back(try_out(attempt, all_locks[number]));
            result.columns[number].succeeded += row.outcomes.back().end == End::succeeded ? 1 : 0;
        }
        result.rows.push_back(std::move(row));
    }
    return result;
}

}  // namespace cloister::sandbox::audit
