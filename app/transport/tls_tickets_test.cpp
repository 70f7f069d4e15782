// SPDX-License-Identifier: MIT
#include "transport/tls_tickets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"

namespace cloister::transport {
namespace {

using base::limits::ticket_key_step_count;
using base::limits::ticket_key_time;
using std::chrono::seconds;

// The beginning of an epoch in 2026; a second less belongs to the one before.
constexpr TicketKeys::Time start{seconds(41'000LL * 12 * 60 * 60)};

constexpr TicketKeys::Time after_epochs(std::int64_t count) {
    return start + ticket_key_time * count;
}

std::string hex(std::span<const std::byte> bytes) {
    constexpr const char* digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        const auto value = std::to_integer<unsigned int>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

// All three parts of a key, to compare.
std::string text_of(const std::optional<TicketKey>& key) {
    return key ? hex(key->name) + " " + hex(key->encryption.bytes) + " " +
                     hex(key->authentication.bytes)
               : "none";
}

TicketName name_at(TicketKeys& keys, TicketKeys::Time now) {
    return keys.current(now).value().name;
}

// "current", "previous" or "unknown".
std::string place_of(TicketKeys& keys, const TicketName& name, TicketKeys::Time now) {
    const auto found = keys.find(name, now);
    return !found ? "unknown" : found->is_current ? "current" : "previous";
}

TEST(TicketKeys, StayTheSameWithinAnEpoch) {
    const auto keys = TicketKeys::fresh(start);
    const std::string first = text_of(keys->current(start));
    EXPECT_EQ(text_of(keys->current(after_epochs(1) - seconds(1))), first);
    EXPECT_NE(text_of(keys->current(after_epochs(1))), first);
}

TEST(TicketKeys, DifferFromAnyOthers) {
    EXPECT_NE(text_of(TicketKeys::fresh(start)->current(start)),
              text_of(TicketKeys::fresh(start)->current(start)));
}

TEST(TicketKeys, HaveThreeIndependentParts) {
    const TicketKey key = TicketKeys::fresh(start)->current(start).value();
    EXPECT_NE(key.encryption.bytes, key.authentication.bytes);
    EXPECT_NE(hex(key.name), hex(key.encryption.bytes).substr(0, 32));
    EXPECT_NE(hex(key.name), hex(key.authentication.bytes).substr(0, 32));
}

TEST(TicketKeys, AreAcceptedForOneEpochMoreAndNotForTwo) {
    const auto keys = TicketKeys::fresh(start);
    const TicketName name = name_at(*keys, start);
    EXPECT_EQ(place_of(*keys, name, start), "current");
    EXPECT_EQ(place_of(*keys, name, after_epochs(1)), "previous");
    EXPECT_EQ(place_of(*keys, name, after_epochs(2) - seconds(1)), "previous");
    EXPECT_EQ(place_of(*keys, name, after_epochs(2)), "unknown");
}

TEST(TicketKeys, AreFoundWithAllTheirParts) {
    const auto keys = TicketKeys::fresh(start);
    const TicketKey key = keys->current(start).value();
    EXPECT_EQ(text_of(keys->find(key.name, after_epochs(1)).value().key), text_of(key));
}

TEST(TicketKeys, AreNotFoundUnderAnotherName) {
    const auto keys = TicketKeys::fresh(start);
    TicketName name = name_at(*keys, start);
    name.back() ^= std::byte{1};
    EXPECT_EQ(place_of(*keys, name, start), "unknown");
    EXPECT_EQ(place_of(*keys, TicketName{}, start), "unknown");
}

TEST(TicketKeys, StayTheNewestWhenTheClockIsSetBack) {
    const auto keys = TicketKeys::fresh(start);
    const std::string newest = text_of(keys->current(after_epochs(1)));
    EXPECT_EQ(text_of(keys->current(start)), newest);
    EXPECT_EQ(text_of(keys->current(after_epochs(1))), newest);
    EXPECT_NE(text_of(keys->current(after_epochs(2))), newest);
}

TEST(TicketKeys, AreSteppedForwardAsOftenAsTheLimitAllowsAndDrawnAnewBeyondIt) {
    const auto count = static_cast<std::int64_t>(ticket_key_step_count);
    const TicketKeys::State state = TicketKeys::fresh(start)->serialised();
    const auto patient = TicketKeys::restored(state.bytes, start);
    for (std::int64_t epoch = 1; epoch <= count + 1; ++epoch) {
        patient->current(after_epochs(epoch));
    }
    const std::string there = text_of(patient->current(after_epochs(count + 1)));
    const auto at_limit = TicketKeys::restored(state.bytes, after_epochs(count));
    EXPECT_EQ(text_of(at_limit->current(after_epochs(count + 1))), there);
    const auto beyond = TicketKeys::restored(state.bytes, after_epochs(count + 1));
    EXPECT_NE(text_of(beyond->current(after_epochs(count + 1))), there);
}

TEST(TicketKeys, AreDrawnAnewWhenTheClockWasFarAheadBefore) {
    const auto count = static_cast<std::int64_t>(ticket_key_step_count);
    const auto keys = TicketKeys::fresh(after_epochs(count));
    const std::string ahead = text_of(keys->current(after_epochs(count)));
    EXPECT_EQ(text_of(keys->current(start)), ahead);
    const std::string corrected = text_of(keys->current(after_epochs(-1)));
    EXPECT_NE(corrected, ahead);
    EXPECT_NE(text_of(keys->current(start)), corrected) << "they follow the clock again";
}

TEST(TicketKeys, SurviveAnyClock) {
    const auto keys = TicketKeys::fresh(TicketKeys::Time::min());
    for (const auto now : {TicketKeys::Time::max(), TicketKeys::Time(), TicketKeys::Time::min()}) {
        EXPECT_EQ(place_of(*keys, name_at(*keys, now), now), "current");
    }
}

TEST(TicketState, RestoresTheSameKeys) {
    const auto keys = TicketKeys::fresh(start);
    const TicketName previous = name_at(*keys, start);
    const std::string current = text_of(keys->current(after_epochs(1)));
    const TicketKeys::State state = keys->serialised();
    const auto restored = TicketKeys::restored(state.bytes, after_epochs(1));
    EXPECT_EQ(text_of(restored->current(after_epochs(1))), current);
    EXPECT_EQ(place_of(*restored, previous, after_epochs(1)), "previous");
    EXPECT_EQ(restored->serialised().bytes, state.bytes);
}

TEST(TicketState, RestoresTheKeysOfAProcessThatRanOn) {
    const auto keys = TicketKeys::fresh(start);
    const TicketKeys::State at_start = keys->serialised();
    for (const std::int64_t epochs : {1, 2, 3, 10}) {
        const auto restored = TicketKeys::restored(at_start.bytes, after_epochs(epochs));
        EXPECT_EQ(text_of(restored->current(after_epochs(epochs))),
                  text_of(keys->current(after_epochs(epochs))));
    }
}

TEST(TicketState, OfTheLastEpochStillAcceptsItsTickets) {
    const auto keys = TicketKeys::fresh(start);
    const TicketName name = name_at(*keys, start);
    const TicketKeys::State state = keys->serialised();
    const auto next = TicketKeys::restored(state.bytes, after_epochs(1));
    EXPECT_EQ(place_of(*next, name, after_epochs(1)), "previous");
    const auto later = TicketKeys::restored(state.bytes, after_epochs(2));
    EXPECT_EQ(place_of(*later, name, after_epochs(2)), "unknown");
}

TEST(TicketState, MatchesUntilTheEpochEnds) {
    const auto keys = TicketKeys::fresh(start);
    const TicketKeys::State state = keys->serialised();
    EXPECT_TRUE(TicketKeys::restored(state.bytes, start)->matches(state.bytes));
    EXPECT_FALSE(TicketKeys::restored(state.bytes, after_epochs(1))->matches(state.bytes));
    EXPECT_FALSE(TicketKeys::fresh(start)->matches(state.bytes));
    EXPECT_FALSE(keys->matches({}));
    EXPECT_FALSE(keys->matches(TicketKeys::State().bytes));
}

TEST(TicketState, IsRefusedUnlessItIsWhole) {
    const TicketKeys::State state = TicketKeys::fresh(start)->serialised();
    const std::span<const std::byte> whole(state.bytes);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_EQ(TicketKeys::restored(whole.first(size), start), nullptr) << size;
    }
    std::vector<std::byte> longer(whole.begin(), whole.end());
    longer.push_back(std::byte{0});
    EXPECT_EQ(TicketKeys::restored(longer, start), nullptr);
}

TEST(TicketState, IsRefusedUnlessItIsOursAndOfThisVersion) {
    constexpr std::size_t magic_and_version_bytes = 8;
    const TicketKeys::State state = TicketKeys::fresh(start)->serialised();
    for (std::size_t index = 0; index < magic_and_version_bytes; ++index) {
        TicketKeys::State wrong = state;
        wrong.bytes.at(index) ^= std::byte{2};
        EXPECT_EQ(TicketKeys::restored(wrong.bytes, start), nullptr) << index;
    }
}

TEST(TicketState, OfAnyEpochLeadsToUsableKeys) {
    TicketKeys::State state = TicketKeys::fresh(start)->serialised();
    for (const std::byte filling :
         {std::byte{0}, std::byte{0x7f}, std::byte{0x80}, std::byte{0xff}}) {
        std::fill_n(state.bytes.begin() + 8, 8, filling);
        const auto keys = TicketKeys::restored(state.bytes, start);
        ASSERT_NE(keys, nullptr);
        EXPECT_EQ(place_of(*keys, name_at(*keys, start), start), "current");
    }
}

// The expected values are Python's: hmac.digest(chain, label + b"\1", "sha256").
TEST(TicketState, DerivesByHkdfExpandSoThatEveryBuildAgrees) {
    TicketKeys::State state;
    const std::string text = "CLTK\1";
    std::transform(text.begin(), text.end(), state.bytes.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    const auto keys = TicketKeys::restored(state.bytes, TicketKeys::Time());
    ASSERT_NE(keys, nullptr);
    EXPECT_EQ(text_of(keys->current(TicketKeys::Time())),
              "849ae5342a97efdfb58c9e1749ee3604 "
              "c3ac45cb0ffd7b52f71e81d7f85964b72c69b1616ae117716338fbc5493bc5e0 "
              "5c899c3f66e87ef9649563a521e03de45871a1416f6116787eb9834170b2affe");
}

TEST(TicketKeys, ServeSeveralThreadsWhileTheyChange) {
    constexpr std::int64_t epochs = 200;
    const auto keys = TicketKeys::fresh(start);
    std::atomic<std::size_t> lost = 0;
    std::array<std::thread, 4> threads;
    for (std::thread& thread : threads) {
        thread = std::thread([&keys, &lost] {
            for (std::int64_t epoch = 0; epoch < epochs; ++epoch) {
                const auto made = keys->current(after_epochs(epoch));
                // Others may be epochs ahead, so that it may be gone; what is found is the same.
                const auto found = keys->find(made->name, after_epochs(epoch));
                lost += found && text_of(found->key) != text_of(made) ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(lost, 0U);
    const auto calm = keys->current(after_epochs(epochs));
    EXPECT_EQ(place_of(*keys, calm->name, after_epochs(epochs)), "current");
}

}  // namespace
}  // namespace cloister::transport
