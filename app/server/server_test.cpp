// SPDX-License-Identifier: MIT
// A whole server in a child process, with a real listener, a service manager's socket and real
// signals.
#include "server/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include "base/check.h"
#include "server/test_peer.h"

namespace cloister::server {
namespace {

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr int failed = 99;  // of a child: an exception

http::Handler greeting() {
    http::Handler handler;
    handler.immediate = [](const http::Request&) -> std::optional<http::Response> {
        http::Response response;
        response.body = std::string_view("hello");
        return response;
    };
    return handler;
}

std::array<base::Fd, 2> socket_pair(int type) {
    std::array<int, 2> ends{};
    base::check(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "make a socket pair");
    return {base::Fd(ends[0]), base::Fd(ends[1])};
}

// Ends with its test, in whatever state the child is.
class Child {
  public:
    // Runs `story` in a child process; its result is the exit status.
    explicit Child(const std::function<std::size_t()>& story) : id_(base::check(::fork(), "fork")) {
        if (id_ == 0) {
            ::alarm(30);
            int status = failed;
            try {
                status = static_cast<int>(story());
            } catch (const std::exception& error) {
                std::fputs(error.what(), stderr);
            }
            ::_exit(status);
        }
    }

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    ~Child() {
        if (id_ > 0) {
            ::kill(id_, SIGKILL);
            ::waitpid(id_, nullptr, 0);
        }
    }

    void signal(int number) const { base::check(::kill(id_, number), "signal the child"); }

    // Waits for its end. The exit status, or -1 - signal.
    int end() {
        int status = 0;
        base::check(::waitpid(id_, &status, 0), "wait for the child");
        id_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1 - WTERMSIG(status);
    }

  private:
    pid_t id_;
};

struct Setting {
    http::Handler handler = greeting();
    TestListener listener;
    std::array<base::Fd, 2> manager =
        socket_pair(SOCK_DGRAM);  // what the service manager reads; what the server has

    // The next message to the service manager; "" if none comes for so long.
    std::string message(int milliseconds = 10'000) {
        pollfd waiting{.fd = manager[0].get(), .events = POLLIN, .revents = 0};
        std::array<char, 1024> buffer{};
        if (::poll(&waiting, 1, milliseconds) != 1) {
            return "";
        }
        const ssize_t count = ::recv(manager[0].get(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

    // In the child: serves `socket` until the end. Other loops run on threads that end with the
    // process.
    std::size_t serve(base::Fd socket, bool connected, Plan plan) {
        const base::Log log = base::Log::to_standard_error();
        systemd::Notifier notifier = systemd::Notifier::connect(std::move(manager[1]));
        std::vector<Binding> bindings;
        bindings.push_back(
            {{.fd = std::move(socket), .name = {}, .address = {}, .connected = connected},
             &handler});
        Server server(std::move(bindings), plan, notifier, log);
        for (const Server::Thread& thread : server.threads()) {
            std::thread(thread.run).detach();
        }
        const std::size_t cut_off = server.run();
        ::_exit(static_cast<int>(cut_off));  // Other threads still use the server.
    }

    std::size_t serve_listener(std::size_t loops, std::chrono::seconds drain_time) {
        return serve(listener.take(), false, {.loop_count = loops, .drain_time = drain_time});
    }
};

TEST(Server, EndsWithoutCuttingAnybodyOffAfterSigtermToItself) {
    Setting setting;
    Child child([&setting] {
        sigset_t term;
        ::sigemptyset(&term);
        ::sigaddset(&term, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &term, nullptr);  // As if it came right after the constructor.
        ::kill(::getpid(), SIGTERM);
        return setting.serve_listener(1, std::chrono::seconds(10));
    });
    EXPECT_EQ(child.end(), 0);
}

TEST(Server, AnswersAndDrainsAtASignal) {
    for (const int signal : {SIGTERM, SIGINT}) {
        for (const std::size_t loops : {1U, 3U}) {
            Setting setting;
            Child child([&] { return setting.serve_listener(loops, std::chrono::seconds(10)); });
            TestPeer peer(setting.listener.address());
            ASSERT_TRUE(peer.send(request));
            ASSERT_TRUE(peer.wait());
            EXPECT_TRUE(peer.received().ends_with("\r\n\r\nhello")) << peer.received();
            child.signal(signal);
            EXPECT_EQ(setting.message().find("STOPPING=1"), 0U);
            EXPECT_EQ(setting.message(), "EXTEND_TIMEOUT_USEC=10000000");
            EXPECT_TRUE(peer.wait());
            EXPECT_TRUE(peer.is_closed());
            EXPECT_EQ(child.end(), 0);
        }
    }
}

TEST(Server, CutsOffWhatLastsLongerThanTheDrain) {
    Setting setting;
    Child child([&setting] { return setting.serve_listener(1, std::chrono::seconds(0)); });
    TestPeer answered(setting.listener.address());
    ASSERT_TRUE(answered.send(request));
    ASSERT_TRUE(answered.wait());
    TestPeer unfinished(setting.listener.address());
    ASSERT_TRUE(unfinished.send(std::string(request) + "GET / HTTP/1.1\r\n"));
    ASSERT_TRUE(unfinished.wait());
    child.signal(SIGTERM);
    EXPECT_EQ(child.end(), 2);
}

TEST(Server, LeavesItsListenerToTheNext) {
    Setting setting;
    Child child([&setting] { return setting.serve_listener(2, std::chrono::seconds(10)); });
    TestPeer first(setting.listener.address());
    ASSERT_TRUE(first.send(request));
    ASSERT_TRUE(first.wait());
    child.signal(SIGTERM);
    ASSERT_EQ(setting.message().find("STOPPING=1"), 0U);
    EXPECT_EQ(child.end(), 0);
    TestPeer queued(setting.listener.address());
    ASSERT_TRUE(queued.send(request));
    Child next([&setting] { return setting.serve_listener(1, std::chrono::seconds(10)); });
    ASSERT_TRUE(queued.wait());
    EXPECT_EQ(queued.count("HTTP/1.1 200 OK"), 1U);
}

// Accept=yes.
TEST(Server, ServesTheOneConnectionItWasGivenAndEnds) {
    Setting setting;
    TestPeer peer(setting.listener.address());
    base::Fd accepted(base::check(
        ::accept4(setting.listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC),
        "accept"));
    ASSERT_TRUE(peer.send(std::string(request) + std::string(request)));
    peer.end_sending();
    Child child([&] { return setting.serve(std::move(accepted), true, {.loop_count = 1}); });
    accepted = base::Fd();
    while (!peer.is_closed()) {
        ASSERT_TRUE(peer.wait());
    }
    EXPECT_EQ(peer.count("HTTP/1.1 200 OK"), 2U);
    EXPECT_EQ(child.end(), 0);
}

TEST(Server, FeedsTheWatchdogFromItsLoops) {
    Setting setting;
    Child child([&setting] {
        ::setenv("WATCHDOG_USEC", "200000", 1);
        ::unsetenv("WATCHDOG_PID");
        return setting.serve_listener(2, std::chrono::seconds(10));
    });
    EXPECT_EQ(setting.message(), "WATCHDOG=1");
    EXPECT_EQ(setting.message(), "WATCHDOG=1");
}

TEST(Server, FeedsTheWatchdogNoMoreWhenAWorkerDoesNotComeBack) {
    Setting setting;
    setting.handler.immediate = [](const http::Request&) { return std::nullopt; };
    setting.handler.blocking = [](const http::Request&) -> http::Response {
        std::this_thread::sleep_for(std::chrono::hours(1));
        return {};
    };
    const Child child([&setting] {
        ::setenv("WATCHDOG_USEC", "200000", 1);
        ::unsetenv("WATCHDOG_PID");
        return setting.serve(setting.listener.take(), false,
                             {.loop_count = 1,
                              .worker_count = 2,
                              .work_time = std::chrono::milliseconds(500),
                              .drain_time = std::chrono::seconds(1)});
    });
    EXPECT_EQ(setting.message(), "WATCHDOG=1");
    const TestPeer peer(setting.listener.address());
    ASSERT_TRUE(peer.send(request));
    const Clock::time_point begin = Clock::now();
    std::size_t fed = 0;
    while (setting.message(1500) == "WATCHDOG=1") {
        ASSERT_LT(++fed, 20U) << "a worker is stuck, and the watchdog is fed on and on";
    }
    EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(1900)) << "it was fed for 500 ms";
}

TEST(Server, EndsWhenItHasBeenUnusedForSoLongAndNotBefore) {
    Setting setting;
    const Clock::time_point begin = Clock::now();
    Child child([&setting] {
        return setting.serve(setting.listener.take(), false,
                             {.loop_count = 2,
                              .drain_time = std::chrono::seconds(10),
                              .idle_exit = std::chrono::seconds(1)});
    });
    {
        TestPeer peer(setting.listener.address());
        ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        ASSERT_TRUE(peer.wait());
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        ASSERT_TRUE(peer.wait()) << "somebody is connected";
        EXPECT_EQ(peer.count("200 OK"), 2U);
    }
    EXPECT_EQ(child.end(), 0);
    EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(2500));
    EXPECT_EQ(setting.message().find("STOPPING=1\nSTATUS=unused"), 0U);
}

TEST(Server, SaysMoreThanOnceThatADrainTakesLonger) {
    Setting setting;
    Child child([&setting] { return setting.serve_listener(1, std::chrono::seconds(60)); });
    TestPeer slow(setting.listener.address());
    ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    child.signal(SIGTERM);
    EXPECT_EQ(setting.message().find("STOPPING=1"), 0U);
    EXPECT_EQ(setting.message(), "EXTEND_TIMEOUT_USEC=10000000");
    EXPECT_EQ(setting.message(), "EXTEND_TIMEOUT_USEC=10000000") << "after five seconds";
    ASSERT_TRUE(slow.send("Host: a\r\n\r\n"));
    EXPECT_EQ(child.end(), 0);
}

TEST(Server, RetiresWithoutTheLimitOfADrainAndWithoutSayingThatItStops) {
    Setting setting;
    Child child([&setting] { return setting.serve_listener(2, std::chrono::seconds(0)); });
    TestPeer slow(setting.listener.address());
    ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    child.signal(SIGUSR2);
    EXPECT_EQ(setting.message().find("STATUS=retired"), 0U);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const TestPeer queued(setting.listener.address());
    ASSERT_TRUE(queued.send(request));
    ASSERT_TRUE(slow.send("Host: a\r\n\r\n"));
    ASSERT_TRUE(slow.wait());
    EXPECT_EQ(slow.count("HTTP/1.1 200 OK"), 1U);
    EXPECT_EQ(child.end(), 0);
    EXPECT_EQ(queued.count("HTTP/1.1 200 OK"), 0U) << "the queue belongs to the successor";
}

TEST(Server, EndsAtSigtermThoughItHasRetired) {
    Setting setting;
    Child child([&setting] { return setting.serve_listener(1, std::chrono::seconds(1)); });
    TestPeer slow(setting.listener.address());
    ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    child.signal(SIGUSR2);
    EXPECT_EQ(setting.message().find("STATUS=retired"), 0U);
    child.signal(SIGTERM);
    EXPECT_EQ(setting.message().find("STOPPING=1"), 0U);
    EXPECT_EQ(child.end(), 1) << "cut off at the end of its drain";
}

TEST(Server, FeedsTheWatchdogWhileItIsRetired) {
    Setting setting;
    Child child([&setting] {
        ::setenv("WATCHDOG_USEC", "200000", 1);
        ::unsetenv("WATCHDOG_PID");
        return setting.serve_listener(2, std::chrono::seconds(10));
    });
    TestPeer slow(setting.listener.address());
    ASSERT_TRUE(slow.send("GET / HTTP/1.1\r\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    child.signal(SIGUSR2);
    std::size_t messages = 0;
    while (setting.message().find("STATUS=retired") != 0) {
        ASSERT_LT(++messages, 20U);
    }
    EXPECT_EQ(setting.message(), "WATCHDOG=1");
    EXPECT_EQ(setting.message(), "WATCHDOG=1");
}

TEST(Server, NamesTheDescriptorsThatStayOpen) {
    Setting setting;
    Child child([&setting] {
        const http::Handler handler = greeting();
        const base::Log log = base::Log::to_standard_error();
        systemd::Notifier notifier = systemd::Notifier::connect(std::move(setting.manager[1]));
        const int notify = notifier.descriptors().front();
        base::Fd socket = setting.listener.take();
        const int listener = socket.get();
        std::vector<Binding> bindings;
        bindings.push_back({{.fd = std::move(socket), .name = {}, .address = {}}, &handler});
        const Server server(std::move(bindings), {.loop_count = 2}, notifier, log);
        std::vector<int> kept = server.descriptors();
        std::sort(kept.begin(), kept.end());
        const bool all_open = std::all_of(kept.begin(), kept.end(),
                                          [](int fd) { return ::fcntl(fd, F_GETFD) != -1; });
        const bool once = std::adjacent_find(kept.begin(), kept.end()) == kept.end();
        const bool named = std::count(kept.begin(), kept.end(), listener) == 1 &&
                           std::count(kept.begin(), kept.end(), notify) == 1;
        // Two loops with an epoll and an eventfd each, two kinds of signals, the listener, the
        // notifier's two.
        return std::size_t{all_open && once && named && kept.size() == 9 ? 0U : 1U};
    });
    EXPECT_EQ(child.end(), 0);
}

TEST(Server, KeepsAConnectionThatItWasGivenOpen) {
    Setting setting;
    const TestPeer peer(setting.listener.address());
    base::Fd accepted(base::check(
        ::accept4(setting.listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC),
        "accept"));
    Child child([&] {
        const http::Handler handler = greeting();
        const base::Log log = base::Log::to_standard_error();
        systemd::Notifier notifier = systemd::Notifier::connect(std::move(setting.manager[1]));
        const int connection = accepted.get();
        std::vector<Binding> bindings;
        bindings.push_back(
            {{.fd = std::move(accepted), .name = {}, .address = {}, .connected = true}, &handler});
        const Server server(std::move(bindings), {.loop_count = 1}, notifier, log);
        const std::vector<int> kept = server.descriptors();
        return std::size_t{std::count(kept.begin(), kept.end(), connection) == 1 ? 0U : 1U};
    });
    EXPECT_EQ(child.end(), 0);
}

TEST(Server, RefusesFewerDescriptorsThanItNeedsAndNamesTheRemedy) {
    Setting setting;
    const std::array<base::Fd, 2> said = socket_pair(SOCK_STREAM);
    Child child([&]() -> std::size_t {
        const rlimit few{.rlim_cur = 80, .rlim_max = 80};
        base::check(::setrlimit(RLIMIT_NOFILE, &few), "lower the limit");
        try {
            setting.serve(setting.listener.take(), false, {.loop_count = 1, .open_file_count = 20});
        } catch (const base::Failure& failure) {
            const std::string_view text = failure.what();
            return ::send(said[1].get(), text.data(), text.size(), 0) > 0 &&
                           failure.exit_status() == EX_CONFIG
                       ? 0U
                       : 1U;
        }
        return 2;
    });
    EXPECT_EQ(child.end(), 0);
    std::array<char, 1024> buffer{};
    const ssize_t count = ::recv(said[0].get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    const std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    EXPECT_EQ(text,
              "1 loops and 20 large files of the site need 107 open descriptors, of which this "
              "process may have 80; "
              "raise LimitNOFILE= in the service, or ulimit -n");
}

}  // namespace
}  // namespace cloister::server
