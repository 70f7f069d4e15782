// SPDX-License-Identifier: MIT
// What a confined server may still do, from the main thread and from a worker.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/check.h"
#include "sandbox/policy.h"
#include "sandbox/sandbox.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr std::size_t stack_bytes = std::size_t{1} << 20U;
constexpr std::size_t heap_bytes = std::size_t{256} << 20U;

void require(bool holds, const char* claim) {
    if (!holds) {
        throw std::runtime_error(std::string("failed: ") + claim);
    }
}

// Confines itself with one worker; `deed` runs on the one or the other, and its end is the
// process's.
Ending fate_confined(bool on_worker, const std::vector<int>& keep,
                     const std::function<void()>& deed) {
    return fate_of([&] {
        const auto live = [&] {
            try {
                deed();
                test::say("done");
            } catch (const std::exception& problem) {
                test::say(problem.what());
            }
            ::_exit(0);
        };
        confine(
            {.keep = keep,
             .threads = {{"worker", stack_bytes, on_worker ? std::function<void()>(live) : [] {}}},
             .waived = {},
             .heap_bytes = heap_bytes});
        if (!on_worker) {
            live();
        }
        test::wait_for_ever();
        return 1;
    });
}

class Service : public testing::TestWithParam<bool> {
  protected:
    static void expect_done(const std::vector<int>& keep, const std::function<void()>& deed) {
        const Ending ending = fate_confined(GetParam(), keep, deed);
        EXPECT_EQ(ending.said, "done") << ending.text();
    }
};

INSTANTIATE_TEST_SUITE_P(Threads, Service, testing::Values(false, true), [](const auto& tested) {
    return std::string(tested.param ? "Worker" : "Main");
});

TEST_P(Service, AnswersAClientWithBytesAndAFile) {
    Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    check(::bind(listener.get(), any, size), "bind");
    check(::listen(listener.get(), 1), "listen");
    check(::getsockname(listener.get(), any, &size), "getsockname");

    const Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check(::connect(client.get(), any, size), "connect");
    check(::send(client.get(), "ask", 3, 0), "send");
    const Descriptor file(check(::open("/etc/passwd", O_RDONLY | O_CLOEXEC), "open"));
    const Descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
    const Descriptor wake(::eventfd(0, EFD_CLOEXEC));

    expect_done({listener.get(), file.get(), poll.get(), wake.get()}, [&] {
        epoll_event event = {.events = EPOLLIN, .data = {.fd = listener.get()}};
        check(::epoll_ctl(poll.get(), EPOLL_CTL_ADD, listener.get(), &event), "epoll_ctl");
        check(::eventfd_write(wake.get(), 1), "eventfd_write");
        check(::epoll_wait(poll.get(), &event, 1, 1000), "epoll_wait");
        require(event.data.fd == listener.get(), "the listener is ready");
        const int connection =
            check(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept4");
        std::array<char, 8> bytes = {};
        require(::recv(connection, bytes.data(), bytes.size(), 0) == 3, "the question came");
        require(::write(connection, bytes.data(), 3) == 3, "an answer went");
        require(::sendfile(connection, file.get(), nullptr, 4) == 4, "a file went");
        require(::pread(file.get(), bytes.data(), 4, 0) == 4, "a file was read");
        check(::close(connection), "close");
    });
    listener = Descriptor();  // resets a connection that the victim did not take
    std::array<char, 8> answer = {};
    EXPECT_EQ(::recv(client.get(), answer.data(), answer.size(), MSG_WAITALL), 7);
    EXPECT_EQ(std::string(answer.data(), 4), "askr");
}

TEST_P(Service, AllocatesAndFreesSmallAndLarge) {
    expect_done({}, [] {
        std::vector<std::string> kept;
        for (std::size_t size = 16; size <= (std::size_t{64} << 20); size *= 2) {
            kept.emplace_back(size, 'x');
        }
        kept.clear();
        std::string grown;
        while (grown.size() < (std::size_t{8} << 20)) {
            grown += "0123456789";
        }
    });
}

TEST_P(Service, IsToldThatTheHeapIsFullAndGoesOn) {
    if (is_sanitizer_build) {
        return;  // Its allocator has no such limit.
    }
    expect_done({}, [] {
        for (int round = 0; round < 3; ++round) {
            std::vector<std::string> kept;
            try {
                for (;;) {
                    kept.emplace_back(std::size_t{1} << 20U, 'x');
                }
            } catch (const std::bad_alloc&) {
                require(kept.size() > 100, "the heap was nearly there");
            }
        }
        require(std::string(1000, 'x').size() == 1000, "small things go on");
    });
}

TEST_P(Service, FreesWhatWasMappedBefore) {
    std::vector<std::string> early;
    expect_done({}, [&] { early = {}; });
    std::vector<std::string> large(3, std::string(std::size_t{4} << 20, 'x'));
    expect_done({}, [&] { large.clear(); });
}

TEST_P(Service, CatchesWhatItThrows) {
    expect_done({}, [] {
        for (int round = 0; round < 3; ++round) {
            try {
                throw std::runtime_error(std::string(1000, 'x'));
            } catch (const std::exception& problem) {
                require(std::string(problem.what()).size() == 1000, "caught whole");
            }
        }
    });
}

TEST_P(Service, CallsVirtualFunctions) {
    // UBSan asks the kernel whether an object it has not seen before is there.
    struct Base {
        virtual ~Base() = default;

        [[nodiscard]] virtual int number() const { return 1; }
    };

    struct Derived : Base {
        [[nodiscard]] int number() const override { return 2; }
    };

    expect_done({}, [] {
        const std::unique_ptr<Base> base = std::make_unique<Derived>();
        require(base->number() == 2, "the derived function");
    });
}

TEST_P(Service, WaitsForATimeWithMutexAndCondition) {
    expect_done({}, [] {
        std::mutex mutex;
        std::condition_variable changed;
        std::unique_lock lock(mutex);
        require(changed.wait_for(lock, std::chrono::milliseconds(1)) == std::cv_status::timeout,
                "nobody notified");
    });
}

// OpenSSL seeds each thread's generator at its first use, and all of them again every hour.
TEST_P(Service, DrawsRandomBytesAndHearsThatItIsTheSameProcessStill) {
    expect_done({}, [] {
        std::array<char, 16> bytes = {};
        require(::getrandom(bytes.data(), bytes.size(), 0) == 16, "random bytes");
        require(::getpid() == 0 && ::getpid() == 0, "an answer, always the same");
    });
}

TEST_P(Service, AsksTheKernelForTheTimeWhereTheVdsoCannotTell) {
    expect_done({}, [] {
        timespec now = {};
        check(::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now), "clock_gettime");
        require(now.tv_sec > 0, "a time");
    });
}

TEST(Service, SurvivesBeingStoppedDuringATimedWait) {
    test::Victim victim([] {
        confine({});
        test::say("waiting");
        // A futex that nobody wakes: a wait that SIGSTOP interrupts and restart_syscall(2) resumes.
        int word = 0;
        const timespec limit = {.tv_sec = 0, .tv_nsec = 300'000'000};
        const long result = ::syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, &limit);
        return result == -1 && errno == ETIMEDOUT ? 0 : 1;
    });
    ASSERT_EQ(victim.hear(), "waiting");
    for (int round = 0; round < 5; ++round) {
        ::kill(victim.id(), SIGSTOP);
        ::kill(victim.id(), SIGCONT);
    }
    const Ending ending = victim.end();
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Service, OutlivesAThreadWhoseWorkReturned) {
    const Ending ending = fate_of([] {
        confine({.keep = {},
                 .threads = {{"brief", stack_bytes, [] { test::say("ran"); }}},
                 .waived = {}});
        std::mutex mutex;
        std::condition_variable changed;
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::milliseconds(50));
        return 0;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
    EXPECT_EQ(ending.said, "ran");
}

}  // namespace
}  // namespace cloister::sandbox
