// SPDX-License-Identifier: MIT
// What happens where the kernel lacks a defence, accepted or not.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "sandbox/policy.h"
#include "sandbox/sandbox.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr std::size_t stack_bytes = std::size_t{1} << 20U;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Confines itself with `waived`, where these calls are missing, and says what the report's line is.
// Then it makes a socket, which the filter punishes by SIGSYS, and opens a file, which Landlock
// denies with EACCES.
Ending fate_without(const std::vector<int>& calls, const std::vector<std::string>& waived) {
    return fate_of([&] {
        for (const int call : calls) {
            test::take_away_call(call, ENOSYS);
        }
        test::say(confine({.keep = {}, .threads = {}, .waived = waived}).line());
        static_cast<void>(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        return ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) == -1 ? errno : 0;
    });
}

const std::string prefix = is_sanitizer_build ? "SANITIZER BUILD, " : "";
const std::string calls = std::to_string(rows().size()) + " system calls";

TEST(Waiver, RefusesWithoutLandlockAndNamesTheRemedy) {
    const Ending ending = fate_without({SYS_landlock_create_ruleset}, {});
    EXPECT_EQ(ending.code, test::threw) << ending.text();
    EXPECT_TRUE(contains(ending.said, "landlock is not available")) << ending.said;
    EXPECT_TRUE(contains(ending.said, "--allow-missing=landlock")) << ending.said;
}

TEST(Waiver, DoesTheRestWithoutLandlockIfThatIsWaived) {
    const Ending ending = fate_without({SYS_landlock_create_ruleset}, {"landlock"});
    EXPECT_EQ(ending.said, prefix + "no capability, no new privileges, WITHOUT landlock, " + calls +
                               " on 1 thread");
    EXPECT_EQ(ending.signal, SIGSYS) << ending.text();
}

TEST(Waiver, RefusesWithoutSeccompAndNamesTheRemedy) {
    const Ending ending = fate_without({SYS_seccomp}, {"landlock"});
    EXPECT_EQ(ending.code, test::threw) << ending.text();
    EXPECT_TRUE(contains(ending.said, "seccomp is not available")) << ending.said;
    EXPECT_TRUE(contains(ending.said, "--allow-missing=seccomp")) << ending.said;
}

TEST(Waiver, DoesTheRestWithoutSeccompIfThatIsWaived) {
    const Ending ending = fate_without({SYS_seccomp}, {"seccomp"});
    EXPECT_TRUE(contains(ending.said, "landlock abi ")) << ending.said;
    EXPECT_TRUE(contains(ending.said, ", WITHOUT seccomp on 1 thread")) << ending.said;
    EXPECT_EQ(ending.code, EACCES) << ending.text();
}

TEST(Waiver, PutsEachWorkerUnderLandlockAsWell) {
    const Ending ending = fate_of([] {
        test::take_away_call(SYS_seccomp, ENOSYS);
        const auto run = [] {
            ::_exit(::open("/etc/passwd", O_RDONLY | O_CLOEXEC) == -1 ? errno : 0);
        };
        confine({.keep = {}, .threads = {{"worker", stack_bytes, run}}, .waived = {"seccomp"}});
        test::wait_for_ever();
        return 0;
    });
    EXPECT_EQ(ending.code, EACCES) << ending.text();
}

TEST(Waiver, NamesBothIfBothAreMissing) {
    const Ending ending =
        fate_without({SYS_seccomp, SYS_landlock_create_ruleset}, {"seccomp", "landlock"});
    EXPECT_TRUE(contains(ending.said, "WITHOUT landlock, WITHOUT seccomp on 1 thread"))
        << ending.said;
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Waiver, UsesAWaivedDefenceThatIsThere) {
    const Ending ending = fate_without({}, {"seccomp", "landlock"});
    EXPECT_FALSE(contains(ending.said, "WITHOUT")) << ending.said;
    EXPECT_EQ(ending.signal, SIGSYS) << ending.text();
}

TEST(Waiver, RefusesToWaiveWhatCannotBe) {
    for (const char* name : {"no-new-privileges", "landlok", ""}) {
        const Ending ending = fate_without({}, {name});
        EXPECT_EQ(ending.code, test::threw) << ending.text();
        EXPECT_TRUE(contains(ending.said, "\"" + std::string(name) + "\" can be waived"))
            << ending.said;
    }
}

}  // namespace
}  // namespace cloister::sandbox
