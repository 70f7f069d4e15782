// SPDX-License-Identifier: MIT
#include "server/admission.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace cloister::server {
namespace {

base::Peer ipv4(std::uint8_t last) {
    return {.family = AF_INET, .port = 1, .address = {192, 0, 2, last}};
}

base::Peer ipv6(std::uint8_t seventh, std::uint8_t last) {
    return {.family = AF_INET6,
            .port = 1,
            .address = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, seventh, 0, 0, 0, 0, 0, 0, 0, last}};
}

std::size_t admitted(Admission& admission, const std::vector<base::Peer>& peers) {
    std::vector<Admission::Place> places;
    for (const base::Peer& peer : peers) {
        if (Admission::Place place = admission.enter(peer)) {
            places.push_back(std::move(place));
        }
    }
    return places.size();
}

TEST(Admission, GivesAPeerNoMoreThanItsPlaces) {
    Admission admission(2);
    EXPECT_EQ(admitted(admission, {ipv4(1), ipv4(1), ipv4(1), ipv4(1)}), 2U);
}

TEST(Admission, CountsEachAddressOfIpv4ByItself) {
    Admission admission(1);
    EXPECT_EQ(admitted(admission, {ipv4(1), ipv4(2), ipv4(3), ipv4(2)}), 3U);
}

TEST(Admission, CountsTheAddressesOfOneIpv6NetworkTogether) {
    Admission admission(1);
    EXPECT_EQ(admitted(admission, {ipv6(1, 1), ipv6(1, 2), ipv6(2, 1)}), 2U);
}

TEST(Admission, DoesNotCountUnixSockets) {
    Admission admission(1);
    const base::Peer local{.family = AF_UNIX, .port = 0, .address = {}};
    EXPECT_EQ(admitted(admission, {local, local, local}), 3U);
}

TEST(Admission, APlaceKnowsWhoseItIs) {
    Admission admission(1);
    const Admission::Place place = admission.enter(ipv6(1, 1));
    EXPECT_TRUE(place.is_of(ipv6(1, 2)));
    EXPECT_FALSE(place.is_of(ipv6(2, 1)));
    EXPECT_FALSE(place.is_of({.family = AF_UNIX, .port = 0, .address = {}}));
    EXPECT_FALSE(Admission::Place().is_of(ipv6(1, 1)));
}

TEST(Admission, TakesAPlaceBackWhenItGoes) {
    Admission admission(1);
    {
        const Admission::Place place = admission.enter(ipv4(1));
        EXPECT_TRUE(place);
        EXPECT_EQ(admission.count(ipv4(1)), 1U);
        EXPECT_FALSE(admission.enter(ipv4(1)));
    }
    EXPECT_EQ(admission.count(ipv4(1)), 0U);
    EXPECT_TRUE(admission.enter(ipv4(1)));
}

TEST(Admission, APlaceThatMovesIsGivenBackOnce) {
    Admission admission(2);
    const Admission::Place other = admission.enter(ipv4(1));
    {
        Admission::Place first = admission.enter(ipv4(1));
        Admission::Place second = std::move(first);
        Admission::Place third;
        third = std::move(second);
        EXPECT_EQ(admission.count(ipv4(1)), 2U);
    }
    EXPECT_EQ(admission.count(ipv4(1)), 1U);
}

}  // namespace
}  // namespace cloister::server
