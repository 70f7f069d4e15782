// SPDX-License-Identifier: MIT
#include "sandbox/seccomp.h"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "sandbox/attributes.h"
#include "sandbox/filter_survey.h"
#include "sandbox/sandbox.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr auto only_exit = std::to_array<Row>({{"exit_group", SYS_exit_group, {}, "the end"}});

TEST(CompileFilter, KillsTheWholeProcessForAnyOtherCallAndAbi) {
    const Filter filter = compile_filter(only_exit);
    const std::set<std::uint32_t> kill = {SECCOMP_RET_KILL_PROCESS};
    EXPECT_EQ(possible_actions(filter, AUDIT_ARCH_X86_64, SYS_execve), kill);
    EXPECT_EQ(possible_actions(filter, AUDIT_ARCH_X86_64, SYS_exit_group | 0x40000000), kill);
    EXPECT_EQ(possible_actions(filter, AUDIT_ARCH_X86_64, 0xffffffff), kill);
    EXPECT_EQ(possible_actions(filter, AUDIT_ARCH_I386, SYS_exit_group), kill);
    EXPECT_EQ(possible_actions(filter, AUDIT_ARCH_AARCH64, SYS_exit_group), kill);
}

TEST(CompileFilter, RefusesARowWhoseNameAndNumberDisagree) {
    const auto wrong = std::to_array<Row>({{"read", SYS_write, {}, "a slip"}});
    EXPECT_THROW(compile_filter(wrong), std::logic_error);
    const auto unknown = std::to_array<Row>({{"no_such_call", SYS_write, {}, "a slip"}});
    EXPECT_THROW(compile_filter(unknown), std::logic_error);
}

TEST(CompileFilter, WorksWhereNoFileMayGrow) {
    const Ending ending = fate_of([] {
        const rlimit none = {0, 0};
        return ::setrlimit(RLIMIT_FSIZE, &none) == 0 && !compile_filter(rows()).empty() ? 0 : 1;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(InstallFilter, KillsForACallOutsideAndNotForOneInside) {
    const auto confined_call = [](long number) {
        return fate_of([number] {
            forbid_new_privileges();
            install_filter(compile_filter(only_exit));
            ::syscall(number, 0);
            return 1;
        });
    };
    EXPECT_EQ(confined_call(SYS_exit_group).code, 0);
    EXPECT_EQ(confined_call(SYS_getppid).signal, SIGSYS);
}

TEST(InstallFilter, LooksAtTheLowHalfOfAnArgumentOnly) {
    constexpr auto rule = std::to_array<ArgumentRule>({{0, 1, 0, "an even process group"}});
    const auto table =
        std::to_array<Row>({only_exit.front(), {"getpgid", SYS_getpgid, rule, "an example"}});
    const auto confined_call = [&](unsigned long argument) {
        return fate_of([&] {
            forbid_new_privileges();
            install_filter(compile_filter(table));
            ::syscall(SYS_getpgid, argument);
            return static_cast<int>(::syscall(SYS_exit_group, 0));
        });
    };
    EXPECT_EQ(confined_call(0).code, 0);
    EXPECT_EQ(confined_call(0xffffffff00000000UL).code, 0);
    EXPECT_EQ(confined_call(1).signal, SIGSYS);
}

TEST(InstallFilter, RefusesIfAThreadHasAFilterOfItsOwn) {
    const Ending ending = fate_of([] {
        std::promise<void> filtered;
        std::thread([&] {
            test::take_away_call(SYS_getppid, ENOSYS);
            filtered.set_value();
            ::pause();
        }).detach();
        filtered.get_future().wait();
        forbid_new_privileges();
        install_filter(compile_filter(rows()));
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw) << ending.text();
    EXPECT_NE(ending.said.find("could not be installed on thread"), std::string::npos)
        << ending.text();
}

TEST(InstallFilter, ThrowsWithoutNoNewPrivileges) {
    const Ending ending = fate_of([] {
        install_filter(compile_filter(rows()));
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw) << ending.text();
}

TEST(KernelCanFilter, IsFalseWhereTheCallIsMissing) {
    EXPECT_TRUE(kernel_can_filter());
    const Ending ending = fate_of([] {
        test::take_away_call(SYS_seccomp, ENOSYS);
        return kernel_can_filter() ? 1 : 0;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
