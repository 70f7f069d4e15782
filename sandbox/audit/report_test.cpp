// SPDX-License-Identifier: MIT
// What the audit says, of a result that is made up: two attempts under the locks there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "sandbox/audit/audit.h"

namespace cloister::sandbox::audit {
namespace {

constexpr std::string_view digest = "sha256 abc";

Outcome denied(int error) {
    return {End::denied, error, {}};
}

// "fork" is killed under the full lock, "mount" fails everywhere.
Result made_up() {
    Result result;
    for (const Lock& lock : locks({})) {
        result.columns.push_back({lock.key, lock.title, lock.is_full});
    }
    const Outcome killed = {End::killed, SIGSYS, {}};
    const Outcome succeeded = {End::succeeded, 0, {}};
    const std::vector<Attempt> all = attempts();
    const auto named = [&all](std::string_view name) {
        return *std::find_if(all.begin(), all.end(),
                             [name](const Attempt& one) { return one.name == name; });
    };
    result.rows.push_back({named("fork"), {succeeded, succeeded, killed, killed, killed, killed}});
    result.rows.push_back({named("mount"), std::vector<Outcome>(6, denied(EPERM))});
    result.columns[0].succeeded = result.columns[1].succeeded = 1;
    result.self.landlock_abi = 7;
    result.self.can_filter = true;
    result.self.status.bounding = 5;
    return result;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Report, ShowsEachAttemptInOneLine) {
    const std::string text = text_of(made_up(), digest, false);
    EXPECT_TRUE(has(text, "    fork               succeeded    succeeded    SIGSYS       SIGSYS"));
    EXPECT_TRUE(has(text, "  - mount              EPERM        EPERM        EPERM        EPERM"));
    EXPECT_TRUE(has(text, "\n3  Start a process or a thread\n"));
    EXPECT_TRUE(has(text, "sha256 abc"));
    EXPECT_TRUE(has(text, "bounding set: 0x5"));
}

TEST(Report, CountsOnlyWhatSucceedsOutsideAsAProof) {
    EXPECT_EQ(made_up().proofs(), 1U);
    EXPECT_EQ(made_up().exit_status(), 0);
    EXPECT_TRUE(has(text_of(made_up(), digest, false), "The lock holds: 1 escapes"));
}

TEST(Report, NamesTheHoleAndFails) {
    Result result = made_up();
    result.rows[0].outcomes[4] = {End::succeeded, 0, {}};
    EXPECT_EQ(result.exit_status(), 1);
    EXPECT_EQ(result.objections(),
              std::vector<std::string>{"fork under the full lock (worker 1): succeeded"});
    EXPECT_TRUE(has(text_of(result, digest, false), "THE LOCK DOES NOT HOLD:\n  fork under"));
    EXPECT_TRUE(has(json_of(result, digest), "\"holds\":false"));
}

TEST(Report, TakesWhatIsUndecidedForNoDenial) {
    for (const End end : {End::timed_out, End::broken, End::refused}) {
        Result result = made_up();
        result.rows[0].outcomes[3] = {end, 0, "the reason"};
        EXPECT_EQ(result.exit_status(), 1);
        EXPECT_TRUE(has(result.objections().front(), "the reason"));
    }
}

TEST(Report, ProvesNothingWithoutALayer) {
    Result without_landlock = made_up();
    without_landlock.self.landlock_abi = 0;
    EXPECT_EQ(without_landlock.exit_status(), 1);
    Result without_filter = made_up();
    without_filter.self.can_filter = false;
    EXPECT_EQ(without_filter.exit_status(), 1);
}

TEST(Report, ProvesNothingIfNothingSucceedsOutside) {
    Result result = made_up();
    result.rows.erase(result.rows.begin());
    EXPECT_EQ(result.exit_status(), 1);
}

TEST(Report, ObjectsToMoreCallsThanWerePromised) {
    Result result = made_up();
    result.found.x86_64.always.assign(100, 1);
    EXPECT_EQ(result.exit_status(), 1);
    Result other = made_up();
    other.found.i386.always = {1};
    EXPECT_EQ(other.exit_status(), 1);
}

TEST(Report, IsColourfulOnlyIfItMayBe) {
    EXPECT_TRUE(has(text_of(made_up(), digest, true), "\033["));
    EXPECT_FALSE(has(text_of(made_up(), digest, false), "\033["));
}

TEST(Report, FitsAPage) {
    const std::string text = text_of(made_up(), digest, false);
    for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
        EXPECT_LE(text.find('\n', begin) - begin, 100U) << text.substr(begin, 100);
    }
}

TEST(Report, HeadsTheFirstColumnOfAUnitSo) {
    Result result = made_up();
    result.self.surroundings = Surroundings::unit;
    result.rows[0].outcomes[0] = denied(ENOSYS);
    const std::string text = text_of(result, digest, false);
    EXPECT_TRUE(has(text, "  = fork               ENOSYS"));
    EXPECT_TRUE(has(text, "  - mount"));
}

TEST(Report, KeepsItsKeysInJson) {
    const std::string json = json_of(made_up(), digest);
    for (const std::string_view part :
         {"{\"holds\":true,\"objections\":[],", "\"proofs\":1,",
          "{\"key\":\"outside\",\"title\":\"nothing\",\"is_full\":false,\"succeeded\":1}",
          "\"name\":\"fork\"", "\"worker2\":\"SIGSYS\"", "\"digest\":\"sha256 abc\"",
          "\"landlock_abi\":7", "\"bounding\":5"}) {
        EXPECT_TRUE(has(json, part)) << part;
    }
}

TEST(Mounts, AreWritableUnlessTheMountOrItsFileSystemIsReadOnly) {
    const Mounts mounts = count_mounts(
        "1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
        "2 1 8:1 / /a ro,relatime - ext4 /dev/vda rw\n"
        "3 1 8:1 / /b rw - ext4 /dev/vda ro\n"
        "4 1 8:1 / /c rw,nosuid - tmpfs tmpfs rw,size=1k,mode=755\n");
    EXPECT_EQ(mounts.all, 4U);
    EXPECT_EQ(mounts.writable, 2U);
}

}  // namespace
}  // namespace cloister::sandbox::audit
