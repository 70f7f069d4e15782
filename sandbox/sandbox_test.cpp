// SPDX-License-Identifier: MIT
// confine() as a whole: what it refuses, what it reports, what it leaves.
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "sandbox/policy.h"
#include "sandbox/seccomp.h"
#include "sandbox/status.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;
using test::User;

constexpr std::size_t stack_bytes = std::size_t{1} << 20U;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<Thread> idle_threads(std::size_t count) {
    return std::vector<Thread>(count, Thread{"idle", stack_bytes, [] {}});
}

const std::string prefix = is_sanitizer_build ? "SANITIZER BUILD, " : "";
// AddressSanitizer's mmap(2).
constexpr std::size_t argument_checked = is_sanitizer_build ? 1 : 0;
const std::string calls = std::to_string(rows().size()) + " system calls";

TEST(Confine, ReportsWhatTheKernelConfirms) {
    const Ending ending = fate_of([] {
        const Status before = read_status(open_own_status());
        const Report report = confine({.keep = {}, .threads = idle_threads(3), .waived = {}});
        test::say(report.line());
        const bool right = report.landlock_abi >= 1 && report.system_calls == rows().size() &&
                           report.argument_checked == argument_checked &&
                           report.filters == before.seccomp_filters + 1 && report.threads == 4 &&
                           report.bounding_set_empty == (before.bounding == 0) &&
                           report.missing.empty();
        return right ? 0 : 1;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
    EXPECT_TRUE(contains(ending.said, prefix + "no capability, no new privileges, landlock abi "))
        << ending.said;
    EXPECT_TRUE(contains(ending.said, ", " + calls + " on 4 threads")) << ending.said;
}

TEST(Confine, IsConfirmedFromOutsideForEveryThread) {
    test::Victim victim([] {
        ::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);  // as of a program that never was root
        confine({.keep = {}, .threads = idle_threads(3), .waived = {}});
        test::say("confined");
        test::wait_for_ever();
        return 0;
    });
    ASSERT_EQ(victim.hear(), "confined");

    std::size_t threads = 0;
    for (const auto& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(victim.id()) + "/task")) {
        const Descriptor file(::open((task.path() / "status").c_str(), O_RDONLY | O_CLOEXEC));
        const Status status = read_status(file);
        EXPECT_EQ(status.seccomp_mode, 2U);
        EXPECT_EQ(status.no_new_privileges, 1U);
        EXPECT_EQ(status.permitted | status.effective | status.inheritable | status.ambient, 0U);
        ++threads;
    }
    EXPECT_EQ(threads, 4U);

    struct stat memory = {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(victim.id()) + "/mem").c_str(), &memory), 0);
    EXPECT_EQ(memory.st_uid, 0U) << "it could be dumped";
}

TEST(Confine, RefusesRoot) {
    const Ending ending = fate_of([] { return static_cast<int>(confine({}).threads); }, User::root);
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_TRUE(contains(ending.said, "root")) << ending.text();
}

TEST(Confine, RefusesAProcessWithAnotherThreadBeforeItChangesAnything) {
    const Ending ending = fate_of([] {
        std::thread([] { ::pause(); }).detach();
        try {
            confine({});
        } catch (const Refusal& refusal) {
            test::say(refusal.what());
        }
        return static_cast<int>(read_status(open_own_status()).no_new_privileges);
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
    EXPECT_TRUE(contains(ending.said, "has 2 threads where 1")) << ending.text();
}

TEST(Confine, RefusesIfTheKernelDoesNotShowTheFilterItAccepted) {
    const auto deed = [](std::size_t workers) {
        static_cast<void>(compile_filter(rows()));  // libseccomp asks once what the kernel can do
        test::take_away_call(SYS_seccomp, 0);       // says yes, does nothing; is a filter itself
        return static_cast<int>(
            confine({.keep = {}, .threads = idle_threads(workers), .waived = {}}).threads);
    };
    const Ending alone = fate_of([&] { return deed(0); });
    EXPECT_EQ(alone.code, test::threw) << alone.text();
    EXPECT_TRUE(contains(alone.said, "thread main lacks our seccomp filter")) << alone.text();
    const Ending with_worker = fate_of([&] { return deed(1); });
    EXPECT_EQ(with_worker.code, test::threw) << with_worker.text();
    EXPECT_TRUE(contains(with_worker.said, "thread idle lacks our")) << with_worker.text();
}

TEST(Confine, ClosesDescriptorsItWasNotToldToKeep) {
    const Ending ending = fate_of([] {
        ::dup2(STDIN_FILENO, 20);
        ::dup2(STDIN_FILENO, 21);
        confine({.keep = {21}, .threads = {}, .waived = {}});
        std::string open;
        for (int number = 0; number < 64; ++number) {
            // Closing is permitted, and tells whether it was open.
            if (number != STDOUT_FILENO && ::close(number) == 0) {
                open += std::to_string(number) + " ";
            }
        }
        test::say(open);
        return 0;
    });
    EXPECT_EQ(ending.said, "0 2 21 ") << ending.text();
}

TEST(Confine, LowersTheLimits) {
    test::Victim victim([] {
        const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        ::dup2(null, STDERR_FILENO);  // no regular file
        confine({});
        test::say("confined");
        test::wait_for_ever();
        return 0;
    });
    ASSERT_EQ(victim.hear(), "confined");
    std::ifstream limits("/proc/" + std::to_string(victim.id()) + "/limits");
    const std::set<std::string> lowered = {"Max core file size", "Max file size",
                                           "Max locked memory", "Max msgqueue size",
                                           "Max processes"};
    std::size_t seen = 0;
    for (std::string line; std::getline(limits, line);) {
        if (lowered.count(line.substr(0, line.find("  "))) != 0) {
            constexpr std::size_t name_width = 26;
            const std::string soft_and_hard = line.substr(name_width, 22);
            EXPECT_EQ(soft_and_hard, "0                    0") << line;
            ++seen;
        }
    }
    EXPECT_EQ(seen, lowered.size());
}

TEST(Confine, LetsALogFileGrowIfStandardErrorIsOne) {
    std::array<char, 32> name = {"/tmp/cloister-XXXXXX"};
    const Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
    ASSERT_NE(file.get(), -1);
    ::unlink(name.data());
    const Ending ending = fate_of([&] {
        ::dup2(file.get(), STDERR_FILENO);
        confine({});
        return ::write(STDERR_FILENO, "line\n", 5) == 5 ? 0 : 1;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Confine, RefusesIfAThreadCannotConfineItself) {
    const Ending ending = fate_of([] {
        test::take_away_call(SYS_landlock_restrict_self, E2BIG);
        return static_cast<int>(confine({}).threads);
    });
    EXPECT_EQ(ending.code, test::threw) << ending.text();
    EXPECT_TRUE(contains(ending.said, "landlock_restrict_self")) << ending.said;
}

}  // namespace
}  // namespace cloister::sandbox
