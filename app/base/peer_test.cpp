// SPDX-License-Identifier: MIT
#include "base/peer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

namespace cloister::base {
namespace {

template <class Address>
sockaddr_storage stored(const Address& address) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, sizeof address);
    return storage;
}

Peer ipv4(const char* text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    EXPECT_EQ(::inet_pton(AF_INET, text, &address.sin_addr), 1) << text;
    return Peer::from(stored(address));
}

Peer ipv6(const char* text, std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    EXPECT_EQ(::inet_pton(AF_INET6, text, &address.sin6_addr), 1) << text;
    return Peer::from(stored(address));
}

TEST(Peer, ReadsAnIpv4Address) {
    const Peer peer = ipv4("192.0.2.1", 65535);
    EXPECT_EQ(peer.family, AF_INET);
    EXPECT_EQ(peer.port, 65535);
    EXPECT_EQ(peer.text(), "192.0.2.1");
}

TEST(Peer, ReadsAnIpv6Address) {
    const Peer peer = ipv6("2001:db8:0:0::1", 443);
    EXPECT_EQ(peer.family, AF_INET6);
    EXPECT_EQ(peer.port, 443);
    EXPECT_EQ(peer.text(), "2001:db8::1");
}

TEST(Peer, WritesTheLongestAddressWhole) {
    const char* const longest = "1111:2222:3333:4444:5555:6666:7777:8888";
    EXPECT_EQ(ipv6(longest, 1).text(), longest);
}

TEST(Peer, ShowsAMappedAddressAsTheIpv4AddressThatItIs) {
    const Peer mapped = ipv6("::ffff:192.0.2.1", 80);
    const Peer plain = ipv4("192.0.2.1", 80);
    EXPECT_EQ(mapped.family, AF_INET);
    EXPECT_EQ(mapped.text(), "192.0.2.1");
    EXPECT_EQ(mapped.port, 80);
    EXPECT_EQ(mapped.address, plain.address);
}

TEST(Peer, LeavesNeighboursOfTheMappedRangeAlone) {
    EXPECT_EQ(ipv6("::192.0.2.1", 80).family, AF_INET6);
    EXPECT_EQ(ipv6("::fffe:192.0.2.1", 80).family, AF_INET6);
    EXPECT_EQ(ipv6("1::ffff:192.0.2.1", 80).family, AF_INET6);
}

TEST(Peer, OfAUnixSocketHasNoAddress) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, "/run/secret", 12);
    const Peer peer = Peer::from(stored(address));
    EXPECT_EQ(peer.text(), "unix");
    EXPECT_EQ(peer.port, 0);
    EXPECT_EQ(peer.address, decltype(peer.address){});
}

TEST(Peer, WithoutAFamilyIsWrittenAsUnix) {
    EXPECT_EQ(Peer::from(sockaddr_storage{}).text(), "unix");
    EXPECT_EQ(Peer().text(), "unix");
}

}  // namespace
}  // namespace cloister::base
