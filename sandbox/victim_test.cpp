// SPDX-License-Identifier: MIT
#include "sandbox/test_victim.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>

#include "sandbox/check.h"

namespace cloister::sandbox::test {
namespace {

constexpr unsigned patience_seconds = 30;
constexpr uid_t nobody = 65534;

void become_nobody() {
    if (::geteuid() == 0) {
        check(::setgroups(0, nullptr), "setgroups");
        check(::setresgid(nobody, nobody, nobody), "setresgid");
        check(::setresuid(nobody, nobody, nobody), "setresuid");
    }
}

int result_of(const std::function<int()>& deed, User user) {
    try {
        if (user == User::nobody) {
            become_nobody();
        } else if (::geteuid() != 0) {
            throw std::runtime_error("this test must run as root");
        }
        return deed();
    } catch (const std::exception& problem) {
        say(problem.what());
        return threw;
    }
}

}  // namespace

std::string Ending::text() const {
    return (signal != 0 ? "signal " + std::to_string(signal)
                        : "exit status " + std::to_string(code)) +
           ", said: " + said;
}

void say(std::string_view text) {
    // Who is not heard notices nothing: the test then misses the words.
    static_cast<void>(::write(STDOUT_FILENO, text.data(), text.size()) == 0);
}

Victim::Victim(const std::function<int()>& deed, User user) {
    std::array<int, 2> ends = {};
    check(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    voice_ = Descriptor(ends[0]);
    const Descriptor mouth(ends[1]);
    id_ = check(::fork(), "fork");
    if (id_ == 0) {
        ::alarm(patience_seconds);
        ::dup2(mouth.get(), STDOUT_FILENO);
        ::close(mouth.get());
        ::_exit(result_of(deed, user));
    }
}

Victim::~Victim() {
    if (id_ != -1) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
}

std::string Victim::hear() {
    std::array<char, 4096> words;
    const auto length =
        check(::read(voice_.get(), words.data(), words.size()), "read from the victim");
    return {words.data(), static_cast<std::size_t>(length)};
}

Ending Victim::end() {
    Ending ending;
    for (std::string words = hear(); !words.empty(); words = hear()) {
        ending.said += words;
    }
    int status = 0;
    check(::waitpid(id_, &status, 0), "waitpid");
    id_ = -1;
    if (WIFEXITED(status)) {
        ending.code = WEXITSTATUS(status);
    } else {
        ending.signal = WTERMSIG(status);
    }
    return ending;
}

Ending fate_of(const std::function<int()>& deed, User user) {
    return Victim(deed, user).end();
}

void wait_for_ever() {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (;;) {
        never.wait(lock);
    }
}

void take_away_call(int number, int error) {
    const auto denied = static_cast<unsigned>(error);
    auto program = std::to_array<sock_filter>({
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | denied),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    });
    const sock_fprog filter = {program.size(), program.data()};
    check(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL), "PR_SET_NO_NEW_PRIVS");
    check(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), "PR_SET_SECCOMP");
}

TEST(Victim, TellsHowItExitedAndWhatItSaid) {
    const Ending ending = fate_of([] {
        say("words");
        return 7;
    });
    EXPECT_EQ(ending.code, 7);
    EXPECT_EQ(ending.signal, 0);
    EXPECT_EQ(ending.said, "words");
}

TEST(Victim, TellsWhichSignalEndedIt) {
    EXPECT_EQ(fate_of([] { return ::raise(SIGTERM); }).signal, SIGTERM);
}

TEST(Victim, SaysWhatItsDeedThrew) {
    const Ending ending = fate_of([]() -> int { throw std::runtime_error("the reason"); });
    EXPECT_EQ(ending.code, threw);
    EXPECT_EQ(ending.said, "the reason");
}

TEST(Victim, IsNotRootUnlessAskedToBe) {
    EXPECT_NE(fate_of([] { return static_cast<int>(::geteuid() == 0 ? 0 : 1); }).code, 0);
}

TEST(Victim, LosesACallThatIsTakenAway) {
    const Ending ending = fate_of([] {
        take_away_call(SYS_getppid, ENOSYS);
        return ::syscall(SYS_getppid) == -1 ? errno : 0;
    });
    EXPECT_EQ(ending.code, ENOSYS) << ending.text();
}

}  // namespace cloister::sandbox::test
