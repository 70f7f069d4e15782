// SPDX-License-Identifier: MIT
#include "systemd/inherited.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "systemd/address.h"
#include "systemd/by_hand.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

using played::make_pair;

base::Fd make_socket(int family, int type) {
    return base::Fd(base::check(::socket(family, type | SOCK_CLOEXEC, 0), "socket"));
}

base::Fd make_pipe() {
    std::array<int, 2> ends{};
    base::check(::pipe2(ends.data(), O_CLOEXEC), "pipe");
    const base::Fd writer(ends[1]);
    return base::Fd(ends[0]);
}

base::Fd open_path(const char* path, int flags) {
    return base::Fd(base::check(::open(path, flags | O_CLOEXEC), path));
}

// What `examine` refuses, or "" if it does not.
std::string complaint(const std::function<void()>& examine) {
    try {
        examine();
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        return failure.what();
    }
    return "";
}

void expect_contains(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << '"' << part << "\" is not in: " << text;
}

struct Wrong {
    std::function<base::Fd()> make;
    const char* complaint;
};

TEST(Inherited, IsNamedByEveryRefusalWithTheRemedy) {
    const Inherited inherited{make_socket(AF_INET, SOCK_DGRAM), "dns"};
    EXPECT_EQ(complaint([&] { require_stream_socket(inherited); }),
              "descriptor " + std::to_string(inherited.fd.get()) +
                  " (\"dns\"): a datagram socket; use ListenStream=, not ListenDatagram=");
}

TEST(Inherited, MustBeAStreamSocket) {
    const std::vector<Wrong> table = {
        {make_pipe, "a FIFO; remove the OpenFile=, ListenFIFO="},
        {[] { return open_path("/proc/self/status", O_RDONLY); }, "a regular file; remove"},
        {[] { return open_path("/", O_RDONLY); }, "a directory; remove"},
        {[] { return open_path("/dev/null", O_RDWR); }, "a character device; remove"},
        {[] { return make_socket(AF_INET, SOCK_DGRAM); }, "not ListenDatagram="},
        {[] { return make_socket(AF_INET6, SOCK_DGRAM); }, "not ListenDatagram="},
        {[] { return make_socket(AF_UNIX, SOCK_DGRAM); }, "not ListenDatagram="},
        {[] { return make_socket(AF_UNIX, SOCK_SEQPACKET); }, "not ListenSequentialPacket="},
        {[] { return make_socket(AF_NETLINK, SOCK_RAW); }, "address family 16; let ListenStream="},
    };
    for (const Wrong& row : table) {
        const Inherited inherited{row.make(), "http"};
        expect_contains(complaint([&] { require_stream_socket(inherited); }), row.complaint);
    }
}

TEST(Inherited, MayBeAStreamSocketOfThreeFamilies) {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX}) {
        const Inherited inherited{make_socket(family, SOCK_STREAM), "http"};
        EXPECT_EQ(complaint([&] { require_stream_socket(inherited); }), "") << family;
    }
}

TEST(Inherited, MustNotComeFromTheDescriptorStore) {
    const Inherited inherited{make_socket(AF_INET, SOCK_STREAM), "stored"};
    expect_contains(complaint([&] { require_stream_socket(inherited); }),
                    "(\"stored\"): it comes from the file descriptor store");
}

TEST(Inherited, MustListenOrBeConnected) {
    const Inherited inherited{make_socket(AF_INET, SOCK_STREAM), "http"};
    expect_contains(complaint([&] { is_connection(inherited, true); }),
                    "neither listens nor is connected; let a .socket unit");
}

TEST(Inherited, IsAListenerIfItListens) {
    const Inherited inherited{listen_on("127.0.0.1:0").fd, "http"};
    EXPECT_FALSE(is_connection(inherited, true));
    EXPECT_FALSE(is_connection(inherited, false));
}

TEST(Inherited, IsAConnectionOnlyAlone) {
    auto [one, other] = make_pair(SOCK_STREAM);
    const Inherited inherited{std::move(one), "http"};
    EXPECT_TRUE(is_connection(inherited, true));
    expect_contains(complaint([&] { is_connection(inherited, false); }),
                    "a connected socket beside other sockets; Accept=yes passes exactly one");
}

// A connection that its client has reset before anybody looked at it.
base::Fd make_reset_connection() {
    const Listener listener = listen_on("127.0.0.1:0");
    const Address address = local_address(listener.fd.get());
    base::Fd client = make_socket(AF_INET, SOCK_STREAM);
    base::check(::connect(client.get(), address.generic(), address.length), "connect");
    base::Fd server(base::check(::accept(listener.fd.get(), nullptr, nullptr), "accept"));
    const linger at_once = {.l_onoff = 1, .l_linger = 0};
    base::check(::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
                "linger");
    client = base::Fd();
    return server;
}

TEST(Inherited, IsAConnectionEvenIfItsClientIsGone) {
    Inherited inherited{make_reset_connection(), "connection"};
    EXPECT_TRUE(is_connection(inherited, true));
    inherited.name = "http";
    expect_contains(complaint([&] { is_connection(inherited, true); }), "nor is connected");
}

TEST(Inherited, IsANotifySocketIfItIsAConnectedUnixDatagramSocket) {
    auto [one, other] = make_pair(SOCK_DGRAM);
    const Inherited inherited{std::move(one), "notify"};
    EXPECT_EQ(complaint([&] { require_notify_socket(inherited); }), "");
}

TEST(Inherited, IsNoNotifySocketOtherwise) {
    const std::vector<Wrong> table = {
        {[] { return make_pair(SOCK_STREAM).first; }, "not a connected unix datagram socket"},
        {[] { return make_pair(SOCK_SEQPACKET).first; }, "not a connected unix datagram socket"},
        {[] { return make_socket(AF_UNIX, SOCK_DGRAM); }, "not a connected unix datagram socket"},
        {[] { return listen_on("127.0.0.1:0").fd; }, "not a connected unix datagram socket"},
        {make_pipe, "set OpenFile=/run/systemd/notify:notify in the service unit"},
        {[] {
             base::Fd udp = make_socket(AF_INET, SOCK_DGRAM);
             const Address address = internet_address("127.0.0.1", 9).value();
             base::check(::connect(udp.get(), address.generic(), address.length), "connect");
             return udp;
         },
         "not a connected unix datagram socket"},
    };
    for (const Wrong& row : table) {
        const Inherited inherited{row.make(), "notify"};
        expect_contains(complaint([&] { require_notify_socket(inherited); }), row.complaint);
    }
}

}  // namespace
}  // namespace cloister::systemd
