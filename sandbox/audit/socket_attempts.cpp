// SPDX-License-Identifier: MIT
// New sockets.
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>

#include "sandbox/audit/addresses.h"
#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

constexpr int multipath = 262;  // IPPROTO_MPTCP

long connect_by(Stage& stage, int protocol) {
    const sockaddr_in address = loopback(stage.tcp_port);
    const long opened = call(SYS_socket, AF_INET, SOCK_STREAM, protocol);
    return opened == -1 ? -1 : stage.got(call(SYS_connect, opened, &address, sizeof address));
}

long bind_a_port(Stage& stage) {
    const sockaddr_in address = loopback(0);
    const long opened = call(SYS_socket, AF_INET, SOCK_STREAM, 0);
    return opened == -1 ? -1 : stage.got(call(SYS_bind, opened, &address, sizeof address));
}

long send_by_udp(Stage& stage) {
    const sockaddr_in address = loopback(stage.udp_port);
    std::array<char, 1> byte = {};
    const long opened = call(SYS_socket, AF_INET, SOCK_DGRAM, 0);
    if (stage.got(opened) == -1 ||
        call(SYS_sendto, opened, "!", 1, 0, &address, sizeof address) != 1) {
        return -1;
    }
    return happened(call(SYS_recvfrom, stage.udp.get(), byte.data(), 1, 0, 0, 0) == 1);
}

template <int family, int type, int protocol = 0>
long make_socket(Stage& stage) {
    return stage.got(call(SYS_socket, family, type, protocol));
}

long make_pair(Stage& stage) {
    std::array<int, 2> pair = {};
    return stage.got(call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair.data()));
}

constexpr Control works = Control::works;
constexpr Control depends = Control::depends;
constexpr Control fails = Control::fails;

constexpr auto rows = std::to_array<Attempt>({
    {10, "tcp-socket", SYS_socket, works, "begin to speak to anybody",
     make_socket<AF_INET, SOCK_STREAM>},
    {10, "tcp6-socket", SYS_socket, depends, "the same over IPv6",
     make_socket<AF_INET6, SOCK_STREAM>},
    {10, "tcp-connect", SYS_connect, works, "call home, or attack what lies behind the firewall",
     [](Stage& stage) { return connect_by(stage, 0); }, &Stage::client},
    {10, "mptcp-connect", SYS_connect, depends, "the same by Multipath TCP, which Landlock omits",
     [](Stage& stage) { return connect_by(stage, multipath); }, &Stage::client},
    {10, "tcp-bind", SYS_bind, works, "be reached at a port of their own", bind_a_port},
    {11, "udp-send", SYS_socket, works, "smuggle data out, in questions to a name server",
     send_by_udp, &Stage::udp},
    {11, "unix-socket", SYS_socket, works, "speak to D-Bus, systemd or a container daemon",
     make_socket<AF_UNIX, SOCK_STREAM>},
    {11, "socketpair", SYS_socketpair, works, "hold a socket for other tricks", make_pair},
    {11, "netlink", SYS_socket, works, "ask the kernel about the network, or configure it",
     make_socket<AF_NETLINK, SOCK_RAW, NETLINK_ROUTE>},
    {11, "af-alg", SYS_socket, depends, "reach the kernel's cryptography, and its errors",
     make_socket<AF_ALG, SOCK_SEQPACKET>},
    {11, "af-vsock", SYS_socket, depends, "speak to the host of a virtual machine",
     make_socket<AF_VSOCK, SOCK_STREAM>},
    {11, "af-packet", SYS_socket, fails, "listen to everybody's traffic",
     make_socket<AF_PACKET, SOCK_RAW>},
    {11, "raw-socket", SYS_socket, fails, "forge packets",
     make_socket<AF_INET, SOCK_RAW, IPPROTO_RAW>},
});

}  // namespace

std::span<const Attempt> socket_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
