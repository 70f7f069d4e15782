// SPDX-License-Identifier: MIT
// What Landlock does by itself, without any filter beside it.
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

#include "sandbox/attributes.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

// 0, or the errno of the deed.
int error_of(const std::function<long()>& deed) {
    return deed() == -1 ? errno : 0;
}

int confined_error_of(const std::function<long()>& deed) {
    const std::optional<Landlock> landlock = Landlock::make();
    if (!landlock) {
        throw std::runtime_error("this kernel has no Landlock, so this test cannot tell anything");
    }
    forbid_new_privileges();
    landlock->restrict_calling_thread();
    return error_of(deed);
}

long bind_tcp() {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

long list_root() {
    const Descriptor root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return root.get();
}

long open_file() {
    const Descriptor file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    return file.get();
}

long make_file() {
    std::array<char, 32> name = {"/tmp/cloister-XXXXXX"};
    const Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
    if (file.get() != -1) {
        ::unlink(name.data());
    }
    return file.get();
}

long execute() {
    std::array<char*, 1> none = {nullptr};
    return ::execve("/bin/true", none.data(), none.data());
}

struct Attempt {
    const char* name;
    long (*deed)();
    int error;  // under Landlock
    int since_abi;
};

class LandlockAlone : public testing::TestWithParam<Attempt> {};

TEST_P(LandlockAlone, DeniesWhatWorkedBefore) {
    const Attempt attempt = GetParam();
    const Ending outside = fate_of([&] { return error_of(attempt.deed); });
    EXPECT_EQ(outside.code, 0) << "without Landlock: " << outside.text();

    const Ending inside = fate_of([&] { return confined_error_of(attempt.deed); });
    const bool known = Landlock::make().value().abi() >= attempt.since_abi;
    EXPECT_EQ(inside.code, known ? attempt.error : 0) << "under Landlock: " << inside.text();
}

INSTANTIATE_TEST_SUITE_P(Attempts, LandlockAlone,
                         testing::Values(Attempt{"OpenAFile", open_file, EACCES, 1},
                                         Attempt{"ListTheRoot", list_root, EACCES, 1},
                                         Attempt{"MakeAFile", make_file, EACCES, 1},
                                         Attempt{"ExecuteAProgram", execute, EACCES, 1},
                                         Attempt{"BindTcp", bind_tcp, EACCES, 4}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Landlock, DeniesASignalToASiblingOfTheSameUser) {
    test::Victim sibling([] {
        test::say("here");
        return ::pause();
    });
    ASSERT_EQ(sibling.hear(), "here");
    const auto signal_it = [&]() -> long { return ::kill(sibling.id(), 0); };
    const Ending outside = fate_of([&] { return error_of(signal_it); });
    EXPECT_EQ(outside.code, 0) << "without Landlock: " << outside.text();

    const bool known = Landlock::make().value().abi() >= 6;
    const Ending inside = fate_of([&] { return confined_error_of(signal_it); });
    EXPECT_EQ(inside.code, known ? EPERM : 0) << inside.text();
}

TEST(Landlock, LeavesOpenFilesReadable) {
    const Ending ending = fate_of([] {
        const Descriptor file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        return confined_error_of([&]() -> long {
            char byte = 0;
            return ::pread(file.get(), &byte, 1, 0);
        });
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(LandlockRights, GrowWithTheAbi) {
    EXPECT_EQ(landlock_rights(0), LandlockRights());
    EXPECT_EQ(landlock_rights(1), (LandlockRights{.files = 0x1fff}));
    EXPECT_EQ(landlock_rights(2), (LandlockRights{.files = 0x3fff}));
    EXPECT_EQ(landlock_rights(3), (LandlockRights{.files = 0x7fff}));
    EXPECT_EQ(landlock_rights(4), (LandlockRights{.files = 0x7fff, .network = 3}));
    EXPECT_EQ(landlock_rights(5), (LandlockRights{.files = 0xffff, .network = 3}));
    EXPECT_EQ(landlock_rights(6), (LandlockRights{.files = 0xffff, .network = 3, .scopes = 3}));
    EXPECT_EQ(landlock_rights(8), landlock_rights(6));
    EXPECT_EQ(landlock_rights(9), (LandlockRights{.files = 0x1ffff, .network = 3, .scopes = 3}));
    EXPECT_EQ(landlock_rights(10), (LandlockRights{.files = 0x1ffff, .network = 15, .scopes = 3}));
    EXPECT_EQ(landlock_rights(99), landlock_rights(10));
}

TEST(Landlock, StepsDownFromAnAbiThatTheKernelClaimsButLacks) {
    const int real = Landlock::make().value().abi();
    const Landlock claimed = Landlock::make_for(99);
    // An ABI without new rights accepts the same ruleset as the one before.
    EXPECT_EQ(landlock_rights(claimed.abi()), landlock_rights(real));
}

TEST(Landlock, IsNothingWhereTheKernelLacksIt) {
    for (const int error : {ENOSYS, EOPNOTSUPP, EPERM}) {
        const Ending ending = fate_of([&] {
            test::take_away_call(SYS_landlock_create_ruleset, error);
            return Landlock::make() ? 1 : 0;
        });
        EXPECT_EQ(ending.code, 0) << ending.text();
    }
}

TEST(Landlock, ThrowsForAFailureThatIsNoAbsence) {
    const Ending ending = fate_of([] {
        test::take_away_call(SYS_landlock_create_ruleset, ENOMEM);
        return Landlock::make() ? 1 : 0;
    });
    EXPECT_EQ(ending.code, test::threw) << ending.text();
}

TEST(Landlock, CannotBindAThreadWithoutNoNewPrivileges) {
    const Ending ending = fate_of([] {
        Landlock::make().value().restrict_calling_thread();
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw) << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
