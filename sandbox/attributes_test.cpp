// SPDX-License-Identifier: MIT
#include "sandbox/attributes.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "sandbox/status.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

// The owner of the files in /proc/ID, which is root for a process that may not be dumped (proc(5)).
uid_t owner_of_memory(pid_t id) {
    struct stat status = {};
    return ::stat(("/proc/" + std::to_string(id) + "/mem").c_str(), &status) == 0 ? status.st_uid
                                                                                  : 1;
}

TEST(ForbidDumping, GivesTheProcessesFilesToRoot) {
    const Ending ending = fate_of([] {
        // Leaving root made it undumpable already.
        ::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
        test::say(std::to_string(owner_of_memory(::getpid()) == ::getuid() ? 1 : 0));
        forbid_dumping();
        test::say(std::to_string(owner_of_memory(::getpid()) == 0 ? 1 : 0));
        return ::prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
    });
    EXPECT_EQ(ending.code, 0);
    EXPECT_EQ(ending.said, "11");
}

TEST(DenyWriteExecute, SaysWhetherMemoryCanStillBecomeCode) {
    const Ending ending = fate_of([] {
        const bool denied = deny_write_execute();
        void* const code = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        test::say(denied == (code == MAP_FAILED) ? "true" : "false");
        return 0;
    });
    EXPECT_EQ(ending.said, "true") << ending.text();
}

TEST(DenyWriteExecute, SucceedsOnAKernelThatKnowsIt) {
    constexpr int get_mdwe = 66;  // PR_GET_MDWE, Linux 6.3
    const bool known = ::prctl(get_mdwe, 0UL, 0UL, 0UL, 0UL) != -1;
    const Ending ending = fate_of([] { return deny_write_execute() ? 1 : 0; });
    EXPECT_EQ(ending.code, known ? 1 : 0) << ending.text();
}

TEST(DenyWriteExecute, AnswersTheSameWhenAskedAgain) {
    const Ending ending = fate_of([] {
        const bool first = deny_write_execute();
        const bool second = deny_write_execute();
        return first == second ? 0 : 1;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(ForbidNewPrivileges, ShowsInTheThreadsStatus) {
    const Ending ending = fate_of([] {
        const Descriptor file = open_own_status();
        const auto before = read_status(file).no_new_privileges;
        forbid_new_privileges();
        test::say(std::to_string(before) + std::to_string(read_status(file).no_new_privileges));
        return 0;
    });
    EXPECT_EQ(ending.said, "01") << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
