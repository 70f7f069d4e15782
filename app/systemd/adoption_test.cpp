// SPDX-License-Identifier: MIT
// What adopt() does to descriptors and environment, and what it leaves to the next adopter.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/fd.h"
#include "systemd/address.h"
#include "systemd/by_hand.h"
#include "systemd/listen_variables.h"
#include "systemd/listeners.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

using played::adopted;
using played::describe;
using played::in_child;
using played::make_pair;
using played::Start;
using played::tcp_listener;

base::Fd connect_to(const Address& address) {
    base::Fd client(
        base::check(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    base::check(::connect(client.get(), address.generic(), address.length), "connect");
    return client;
}

ino_t inode_of(const std::string& path) {
    struct stat status {};

    base::check(::stat(path.c_str(), &status), path);
    return status.st_ino;
}

TEST(Adoption, FindsNothingTheSecondTime) {
    const base::Fd listener = tcp_listener();
    EXPECT_EQ(in_child({.descriptors = {listener.get()}},
                       [] {
                           const Adoption first = adopt();
                           return describe(first) + "; " + describe(adopt());
                       }),
              "3 http, activated; by hand");
}

TEST(Adoption, TakesSocketsUnderItsOwnPidfdId) {
    const base::Fd listener = tcp_listener();
    EXPECT_EQ(adopted({.descriptors = {listener.get()}, .pidfd_id = "self"}), "3 http, activated");
}

TEST(Adoption, HeedsAStalePidfdIdWhereTheKernelHasThem) {
    const base::Fd listener = tcp_listener();
    const bool has_ids = identify_self().pidfd_id.has_value();
    EXPECT_EQ(adopted({.descriptors = {listener.get()}, .pidfd_id = "1"}),
              has_ids ? "by hand" : "3 http, activated");
}

TEST(Adoption, LeavesDescriptorsOfAnotherProcessAsTheyAre) {
    const base::Fd listener = tcp_listener();
    const Start start = {.descriptors = {listener.get()}, .names = "http", .pid = "1"};
    EXPECT_EQ(in_child(start,
                       [] {
                           const Adoption adoption = adopt();
                           close_other_descriptors(adoption);
                           const bool untouched = ::fcntl(first_descriptor, F_GETFD) == 0;
                           return describe(adoption) + (untouched ? ", untouched" : ", changed");
                       }),
              "by hand, untouched");
}

TEST(Adoption, ClosesWhatWasNotAnnounced) {
    const base::Fd listener = tcp_listener();
    const base::Fd other(::open("/", O_RDONLY | O_CLOEXEC));
    const auto still_open = [] {
        const Adoption adoption = adopt();
        close_other_descriptors(adoption);
        return std::string(::fcntl(3, F_GETFD) == -1 ? "closed " : "open ") +
               (::fcntl(4, F_GETFD) == -1 ? "closed" : "open");
    };
    const std::vector<int> both = {listener.get(), other.get()};
    EXPECT_EQ(in_child({.descriptors = both, .fds = "1"}, still_open), "open closed");
    EXPECT_EQ(in_child({.descriptors = both, .pid = {}, .fds = {}}, still_open), "closed closed");
}

TEST(Adoption, MakesListenersCloseOnExecAndNonBlocking) {
    const base::Fd listener = tcp_listener();
    ::fcntl(listener.get(), F_SETFL, 0);
    const auto flags = [] {
        const Adoption adoption = adopt();
        const int number = adoption.listeners.at(0).fd.get();
        const bool close_on_exec = (::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0;
        const bool non_blocking = (::fcntl(number, F_GETFL) & O_NONBLOCK) != 0;
        return std::string(close_on_exec ? "close-on-exec " : "") +
               (non_blocking ? "non-blocking" : "");
    };
    ASSERT_EQ(in_child({.descriptors = {listener.get()}}, flags), "close-on-exec non-blocking");
    EXPECT_EQ(::accept(listener.get(), nullptr, nullptr), -1);
    EXPECT_EQ(errno, EAGAIN) << "the flag is the open file's, so the manager's copy has it too";
}

TEST(Adoption, GivesAcceptedSocketsNoDelay) {
    for (const char* const address : {"127.0.0.1:0", "[::1]:0"}) {
        const base::Fd listener = listen_on(address).fd;
        const int off = 0;
        base::check(::setsockopt(listener.get(), IPPROTO_TCP, TCP_NODELAY, &off, sizeof off),
                    "clear TCP_NODELAY");
        EXPECT_EQ(adopted({.descriptors = {listener.get()}}), "3 http, activated");
        const base::Fd client = connect_to(local_address(listener.get()));
        const base::Fd server(base::check(::accept(listener.get(), nullptr, nullptr), "accept"));
        int no_delay = 0;
        socklen_t length = sizeof no_delay;
        ASSERT_EQ(::getsockopt(server.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &length), 0);
        EXPECT_NE(no_delay, 0) << address;
    }
}

TEST(Adoption, LeavesSocketAndPathToTheNextAdopter) {
    const std::string directory = ::testing::TempDir() + "adopt-" + std::to_string(::getpid());
    ASSERT_EQ(::mkdir(directory.c_str(), S_IRWXU), 0);
    const std::string path = directory + "/http.sock";
    const Listener manager = listen_on(path);

    const ino_t inode = inode_of(path);
    EXPECT_EQ(adopted({.descriptors = {manager.fd.get()}, .names = "http"}), "3 http, activated");
    EXPECT_EQ(inode_of(path), inode);
    const base::Fd queued = connect_to(local_address(manager.fd.get()));
    EXPECT_EQ(adopted({.descriptors = {manager.fd.get()}, .names = "http"}), "3 http, activated");
    EXPECT_TRUE(base::Fd(::accept(manager.fd.get(), nullptr, nullptr)));
    ::unlink(path.c_str());
    ::rmdir(directory.c_str());
}

TEST(Adoption, RefusesASocketAsStandardInput) {
    const std::string refusal =
        "78: descriptor 0 (standard input): a socket to serve, but without LISTEN_FDS; "
        "remove StandardInput=socket from the service unit";
    const base::Fd listener = tcp_listener();
    const base::Fd client = connect_to(local_address(listener.get()));
    const base::Fd connection(::accept(listener.get(), nullptr, nullptr));
    const base::Fd unix_listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address name = unix_address("@cloister-" + std::to_string(::getpid())).value();
    ASSERT_EQ(::bind(unix_listener.get(), name.generic(), name.length), 0);
    ASSERT_EQ(::listen(unix_listener.get(), 1), 0);
    for (const int input : {listener.get(), connection.get(), unix_listener.get()}) {
        EXPECT_EQ(adopted({.pid = {}, .fds = {}, .standard_input = input}), refusal);
    }
}

TEST(Adoption, TakesAnyOtherStandardInput) {
    const base::Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto terminal = make_pair(SOCK_STREAM);
    for (const int input : {null.get(), terminal.first.get()}) {
        EXPECT_EQ(adopted({.pid = {}, .fds = {}, .standard_input = input}), "by hand");
    }
}

}  // namespace
}  // namespace cloister::systemd
