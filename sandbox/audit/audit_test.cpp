// SPDX-License-Identifier: MIT
// The audit as a whole: it can fail, and it finds exactly what is wrong.
#include "sandbox/audit/audit.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "sandbox/attributes.h"
#include "sandbox/audit/test_nobody.h"
#include "sandbox/heap.h"
#include "sandbox/landlock.h"
#include "sandbox/policy.h"
#include "sandbox/threads.h"

namespace cloister::sandbox::audit {
namespace {

using Names = std::set<std::string_view>;

// What got through on any thread.
Names holes_in(const Result& result) {
    Names names;
    for (const Row& row : result.rows) {
        for (std::size_t number = 0; number < result.columns.size(); ++number) {
            if (result.columns[number].is_full && row.outcomes.at(number).end == End::succeeded) {
                names.insert(row.attempt.name);
            }
        }
    }
    return names;
}

// The lock without its verification, and with `more` calls permitted.
Confine lock_that_permits(std::vector<sandbox::Row> more) {
    return [more](Terms terms) {
        if (read_status(open_own_status()).threads != 1) {
            throw Refusal("there are other threads");
        }
        settle_heap();
        reserve_heap(least_heap_bytes);
        std::vector<sandbox::Row> permitted(rows().begin(), rows().end());
        permitted.insert(permitted.end(), more.begin(), more.end());
        const Filter filter = compile_filter(permitted, answers());
        const std::optional<Landlock> landlock = Landlock::make();
        const auto confine_self = [&] {
            Descriptor status = open_own_status();
            forbid_new_privileges();
            landlock->restrict_calling_thread();
            return status;
        };
        Muster muster(std::move(terms.threads), confine_self);
        confine_self();
        install_filter(filter);
        muster.release();
        return Report{};
    };
}

// One attempt of each theme: attempts_test.cpp makes them all, and `cloister audit` in the cases of
// integration/.
std::vector<Attempt> few_attempts() {
    std::vector<Attempt> few;
    for (const Attempt& attempt : attempts()) {
        if (few.empty() || few.back().theme != attempt.theme || attempt.name == "fork") {
            few.push_back(attempt);
        }
    }
    return few;
}

Result audit_few(const Confine& confine = sandbox::confine) {
    test::become_nobody();
    return audit(confine, few_attempts());
}

// A sanitizer build permits calls for its reports, which are the attempts' to misuse.
Names permitted_for_reports() {
    Names names;
    for (const sandbox::Row& row : rows().subspan(shipped_rows().size())) {
        for (const Attempt& attempt : attempts()) {
            if (attempt.call == row.number) {
                names.insert(attempt.name);
            }
        }
    }
    return names;
}

TEST(Audit, FindsNoWayThroughTheLock) {
    const Result result = audit_few();
    const Names excused = permitted_for_reports();
    for (const std::string_view name : holes_in(result)) {
        EXPECT_TRUE(excused.contains(name)) << name;
    }
    if (!is_sanitizer_build) {
        EXPECT_EQ(result.exit_status(), 0) << testing::PrintToString(result.objections());
        EXPECT_TRUE(excused.empty());
    }
    EXPECT_EQ(result.rows.size(), few_attempts().size());
    for (const Row& row : result.rows) {
        EXPECT_EQ(row.outcomes.size(), result.columns.size());
    }
    EXPECT_EQ(result.columns.front().succeeded, result.proofs());
    // Neither nothing nor Landlock alone would do.
    EXPECT_LT(result.columns[1].succeeded, result.columns[0].succeeded);
    EXPECT_GT(result.columns[1].succeeded, 0U);
}

TEST(Audit, FindsAHoleAndNothingElse) {
    const Result result = audit_few(lock_that_permits({{"fork", SYS_fork, {}, "a hole"}}));
    Names found = holes_in(result);
    EXPECT_TRUE(found.contains("fork"));
    for (const std::string_view known : permitted_for_reports()) {
        found.erase(known);
    }
    EXPECT_EQ(found, Names{"fork"});
    EXPECT_EQ(result.exit_status(), 1);
    const std::vector<std::string> objections = result.objections();
    EXPECT_NE(std::find(objections.begin(), objections.end(),
                        "fork under the full lock (worker 2): succeeded"),
              objections.end());
}

TEST(Audit, FindsThatAHoleWasUsedEvenIfTheNextStepKills) {
    test::become_nobody();
    const auto all = attempts();
    const auto udp = std::find_if(
        all.begin(), all.end(), [](const Attempt& attempt) { return attempt.name == "udp-send"; });
    // A socket is made, and to send from it is death: it was an escape all the same.
    const std::vector<Lock> leaky =
        locks(lock_that_permits({{"socket", SYS_socket, {}, "a hole"}}));
    for (const Lock& lock : leaky) {
        if (lock.is_full) {
            const Outcome outcome = try_out(*udp, lock);
            EXPECT_EQ(outcome.end, End::succeeded) << outcome.text();
            EXPECT_EQ(outcome.number, SIGSYS);
        }
    }
}

TEST(Audit, SaysWhoIsPrivilegedBeforeItTriesAnything) {
    // This very program, before it became nobody.
    if (::geteuid() == 0) {
        EXPECT_THROW(audit(), Refusal);
    } else {
        EXPECT_NO_THROW(refuse_privilege());
    }
}

TEST(Audit, CallsALockThatDoesNotCloseALackOfProof) {
    const Result result = audit_few([](Terms) -> Report { throw Refusal("the reason"); });
    EXPECT_EQ(result.exit_status(), 1);
    const std::vector<std::string> objections = result.objections();
    EXPECT_NE(objections.front().find("the reason"), std::string::npos) << objections.front();
}

}  // namespace
}  // namespace cloister::sandbox::audit
