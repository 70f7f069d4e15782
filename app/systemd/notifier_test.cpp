// SPDX-License-Identifier: MIT
#include "systemd/notifier.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/fd.h"
#include "systemd/address.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

using played::make_pair;
using std::chrono::microseconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

// The manager's end of a notification socket, as the service sees it by NOTIFY_SOCKET.
class Manager {
  public:
    explicit Manager(std::string name) : name_(std::move(name)) {
        const Address address = unix_address(name_).value();
        base::check(::bind(socket_.get(), address.generic(), address.length), name_);
        ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
    }

    Manager() : Manager("@cloister-notifier-test-" + std::to_string(::getpid())) {}

    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        if (name_.starts_with('/')) {
            ::unlink(name_.c_str());
        }
    }

    // The next datagram, or "(none)".
    [[nodiscard]] std::string receive() const {
        std::array<char, 4096> bytes{};
        const ssize_t size = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return size < 0 ? "(none)" : std::string(bytes.data(), static_cast<std::size_t>(size));
    }

    // Sends to itself, as other services do, until nothing more fits.
    void fill_queue() const {
        const Address address = unix_address(name_).value();
        const base::Fd other(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        while (::sendto(other.get(), "X_FULL=1", 8, 0, address.generic(), address.length) == 8) {
        }
        ASSERT_EQ(errno, EAGAIN);
    }

    void close() { socket_ = base::Fd(); }

  private:
    base::Fd socket_ = base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::string name_;
};

// "STATUS: MESSAGE" of connect()'s refusal, or "" if there is none.
std::string refusal() {
    try {
        Notifier::connect({});
    } catch (const base::Failure& failure) {
        return std::to_string(failure.exit_status()) + ": " + failure.what();
    }
    return "";
}

TEST(Notifier, SendsExactMessagesToAPathAndToAnAbstractName) {
    const std::string unique = "cloister-notifier-" + std::to_string(::getpid());
    for (const std::string& name : {::testing::TempDir() + unique, "@" + unique}) {
        const Manager manager(name);
        const Notifier notifier = Notifier::connect({});
        EXPECT_TRUE(notifier.ready("no capability, 14 system calls"));
        EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=no capability, 14 system calls");
        notifier.status("2 connections");
        EXPECT_EQ(manager.receive(), "STATUS=2 connections");
        notifier.watchdog();
        EXPECT_EQ(manager.receive(), "WATCHDOG=1");
        notifier.extend_timeout(10s);
        EXPECT_EQ(manager.receive(), "EXTEND_TIMEOUT_USEC=10000000");
        notifier.stopping("draining");
        EXPECT_EQ(manager.receive(), "STOPPING=1\nSTATUS=draining");
        EXPECT_EQ(manager.receive(), "(none)");
    }
}

TEST(Notifier, LeavesAnEmptyStatusAway) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({});
    EXPECT_TRUE(notifier.ready(""));
    EXPECT_EQ(manager.receive(), "READY=1");
    notifier.stopping("");
    EXPECT_EQ(manager.receive(), "STOPPING=1");
}

TEST(Notifier, KeepsAStatusOnOneLine) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({});
    notifier.status("evil\nMAINPID=1\xff");
    EXPECT_EQ(manager.receive(), "STATUS=evil MAINPID=1?");
    EXPECT_TRUE(notifier.ready("evil\nSTOPPING=1"));
    EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=evil STOPPING=1");
    notifier.status(std::string(100000, 'x'));
    EXPECT_EQ(manager.receive(), "STATUS=" + std::string(1024, 'x'));
}

TEST(Notifier, DoesNothingWithoutAManager) {
    const Notifier notifier = Notifier::connect({});
    EXPECT_FALSE(notifier.has_manager());
    EXPECT_EQ(notifier.descriptors(), (std::array{-1, -1}));
    EXPECT_TRUE(notifier.ready("ready"));
    notifier.status("status");
    notifier.watchdog();
    notifier.extend_timeout(1s);
    notifier.stopping("stopping");
}

TEST(Notifier, UsesTheSocketThatWasHandedOverRatherThanTheVariable) {
    const Manager unused;
    auto [service, manager] = make_pair(SOCK_DGRAM);
    const int number = service.get();
    const Notifier notifier = Notifier::connect(std::move(service));
    EXPECT_EQ(notifier.descriptors().front(), number);
    EXPECT_TRUE(notifier.ready(""));
    std::array<char, 64> bytes{};
    EXPECT_EQ(::recv(manager.get(), bytes.data(), bytes.size(), MSG_DONTWAIT), 7);
    EXPECT_EQ(unused.receive(), "(none)");
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
}

// systemd tells by the credentials who sent a message, although it made the socket of OpenFile=
// itself.
TEST(Notifier, SpeaksAsTheSenderOverASocketThatAnotherProcessConnected) {
    const auto [service, manager] = make_pair(SOCK_DGRAM);
    const int on = 1;
    ASSERT_EQ(::setsockopt(manager.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
    const std::string child =
        played::in_child({.descriptors = {service.get()}, .names = "notify"}, [] {
            const Notifier notifier = Notifier::connect(adopt().notify);
            return notifier.ready("") ? std::to_string(::getpid()) : "not sent";
        });
    std::array<char, 64> bytes{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    iovec part = {.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ASSERT_EQ(::recvmsg(manager.get(), &message, MSG_DONTWAIT), 7);
    ucred sender{};
    ASSERT_NE(CMSG_FIRSTHDR(&message), nullptr);
    std::memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof sender);
    EXPECT_EQ(std::to_string(sender.pid), child);
}

TEST(Notifier, KeepsItsSocketFromOtherPrograms) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({});
    for (const int descriptor : notifier.descriptors()) {
        EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    }
}

TEST(Notifier, NeverBlocksInTheKernelWhateverWasHandedOver) {
    auto [service, manager] = make_pair(SOCK_DGRAM);
    const Notifier notifier = Notifier::connect(std::move(service));
    EXPECT_NE(::fcntl(notifier.descriptors().front(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Notifier, TakesTheVariablesAwayFromEverybodyElse) {
    const Manager manager;
    ::setenv("WATCHDOG_USEC", "1000000", 1);
    ::setenv("WATCHDOG_PID", "1", 1);
    EXPECT_TRUE(Notifier::connect({}).has_manager());
    for (const char* const variable : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
        EXPECT_EQ(std::getenv(variable), nullptr) << variable;
    }
    EXPECT_FALSE(Notifier::connect({}).has_manager());
}

TEST(Notifier, WaitsForAFullQueueWithReadyUpToItsTimeLimit) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({}, 40ms);
    manager.fill_queue();
    const auto begin = steady_clock::now();
    EXPECT_FALSE(notifier.ready(""));
    EXPECT_GE(steady_clock::now() - begin, 40ms);
    while (manager.receive() != "(none)") {
    }
    EXPECT_TRUE(notifier.ready(""));
    EXPECT_EQ(manager.receive(), "READY=1");
}

TEST(Notifier, IsHeardByAManagerWhoseQueueWasFullForAWhile) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({}, 60s);
    manager.fill_queue();
    std::thread late([&] {
        std::this_thread::sleep_for(30ms);
        while (manager.receive() != "(none)") {
        }
    });
    EXPECT_TRUE(notifier.ready(""));
    late.join();
}

TEST(Notifier, NeverWaitsWithStatusOrWatchdog) {
    const Manager manager;
    const Notifier notifier = Notifier::connect({});
    manager.fill_queue();
    const auto begin = steady_clock::now();
    notifier.status("lost");
    notifier.watchdog();
    notifier.extend_timeout(1s);
    EXPECT_LT(steady_clock::now() - begin, 4s);
    for (std::string message = manager.receive(); message != "(none)";
         message = manager.receive()) {
        EXPECT_EQ(message, "X_FULL=1");
    }
}

TEST(Notifier, SurvivesAManagerThatWentAway) {
    Manager manager;
    const Notifier notifier = Notifier::connect({});
    manager.close();
    EXPECT_FALSE(notifier.ready(""));
    notifier.status("nobody listens");
}

// What WATCHDOG_USEC and WATCHDOG_PID make of the interval, when a manager is there.
std::optional<microseconds> interval(const char* time, const char* pid) {
    const Manager manager;
    ::setenv("WATCHDOG_USEC", time, 1);
    if (pid != nullptr) {
        ::setenv("WATCHDOG_PID", pid, 1);
    }
    return Notifier::connect({}).watchdog_interval();
}

TEST(Watchdog, IsFedTwiceAsOftenAsItAsks) {
    const std::string self = std::to_string(::getpid());
    EXPECT_EQ(interval("20000000", nullptr), 10s);
    EXPECT_EQ(interval("20000001", self.c_str()), 10s);
    EXPECT_EQ(interval("1", self.c_str()), 1us);
    EXPECT_EQ(interval("18446744073709551614", nullptr), microseconds(9223372036854775807));
}

TEST(Watchdog, IsOffForAnotherProcessAndWithoutTheVariableOrManager) {
    EXPECT_FALSE(interval("20000000", "1"));
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    {
        const Manager manager;
        EXPECT_FALSE(Notifier::connect({}).watchdog_interval());
    }
    ::setenv("WATCHDOG_USEC", "20000000", 1);
    EXPECT_FALSE(Notifier::connect({}).watchdog_interval());
}

TEST(Watchdog, RefusesAMalformedVariable) {
    for (const char* const value : {"", "0", "-1", "20s", " 1", "18446744073709551615"}) {
        ::setenv("WATCHDOG_USEC", value, 1);
        EXPECT_EQ(refusal().substr(0, 19), "78: WATCHDOG_USEC=\"") << value;
    }
    for (const char* const value : {"", "0", "x", "2147483648"}) {
        ::setenv("WATCHDOG_USEC", "20000000", 1);
        ::setenv("WATCHDOG_PID", value, 1);
        EXPECT_EQ(refusal().substr(0, 18), "78: WATCHDOG_PID=\"") << value;
    }
}

}  // namespace
}  // namespace cloister::systemd
