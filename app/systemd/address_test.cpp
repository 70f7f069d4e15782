// SPDX-License-Identifier: MIT
#include "systemd/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>
#include <system_error>

namespace cloister::systemd {
namespace {

TEST(Address, WritesInternetAddressesAsUrlsDo) {
    EXPECT_EQ(text_of(internet_address("127.0.0.1", 80).value()), "127.0.0.1:80");
    EXPECT_EQ(text_of(internet_address("::", 443).value()), "[::]:443");
    EXPECT_EQ(text_of(internet_address("2001:db8:0::1", 65535).value()), "[2001:db8::1]:65535");
}

TEST(Address, WritesTheZoneOfALinkLocalAddress) {
    Address address = internet_address("fe80::1", 80).value();
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    v6.sin6_scope_id = 2;
    std::memcpy(&address.storage, &v6, sizeof v6);
    EXPECT_EQ(text_of(address), "[fe80::1%2]:80");
}

TEST(Address, RefusesNamesOfHosts) {
    for (const char* const host :
         {"", "localhost", "example.org", "[::1]", "1.2.3", "0127.0.0.1"}) {
        EXPECT_FALSE(internet_address(host, 80)) << host;
    }
}

TEST(Address, ReadsAndWritesUnixNames) {
    for (const char* const name : {"/run/cloister.sock", "@cloister", "/x", "@x"}) {
        EXPECT_EQ(text_of(unix_address(name).value()), name);
    }
}

TEST(Address, AnAbstractNameIsAsLongAsItSays) {
    const Address address = unix_address("@ab").value();
    EXPECT_EQ(address.length, sizeof(sa_family_t) + 3);
}

TEST(Address, RefusesUnixNamesThatDoNotFit) {
    EXPECT_TRUE(unix_address("/" + std::string(106, 'x')));
    EXPECT_FALSE(unix_address("/" + std::string(107, 'x')));
    EXPECT_TRUE(unix_address("@" + std::string(106, 'x')));
    EXPECT_FALSE(unix_address("@" + std::string(107, 'x')));
    EXPECT_FALSE(unix_address(std::string("/a\0b", 4)));
    for (const char* const name : {"", "/", "@", "relative", "./x"}) {
        EXPECT_FALSE(unix_address(name)) << name;
    }
}

TEST(Address, WritesAnUnnamedUnixSocketAsUnix) {
    Address address;
    address.storage.ss_family = AF_UNIX;
    address.length = sizeof(sa_family_t);
    EXPECT_EQ(text_of(address), "unix");
}

TEST(Address, WritesUnprintableNamesOnOneLine) {
    EXPECT_EQ(text_of(unix_address("@a\nb\x01").value()), "@a b?");
}

TEST(Address, NamesAFamilyItDoesNotKnow) {
    Address address;
    address.storage.ss_family = AF_VSOCK;
    EXPECT_EQ(text_of(address), "family 40");
}

TEST(Address, HasNoLocalOneWithoutASocket) {
    EXPECT_THROW(local_address(-1), std::system_error);
}

}  // namespace
}  // namespace cloister::systemd
