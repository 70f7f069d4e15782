// SPDX-License-Identifier: MIT
// What is given to the service manager's file descriptor store, and how it comes back.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/fd.h"
#include "base/sealed_memory.h"
#include "systemd/listeners.h"
#include "systemd/notifier.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

using played::adopted;
using played::in_child;
using played::make_pair;
using played::receive_from;
using played::tcp_listener;

constexpr std::array<std::byte, 3> secret = {std::byte{'k'}, std::byte{'e'}, std::byte{'y'}};

base::Fd sealed_secret() {
    return base::seal_in_memory("test", secret);
}

bool holds_secret(int fd) {
    std::array<std::byte, secret.size()> bytes{};
    return base::read_sealed(fd, bytes) && bytes == secret;
}

TEST(Storing, SendsExactlyARemovalAndTheDescriptorStillSealed) {
    auto [service, manager] = make_pair(SOCK_DGRAM);
    const Notifier notifier = Notifier::connect(std::move(service));
    EXPECT_TRUE(notifier.store(sealed_secret().get(), ticket_keys_name));
    const auto removal = receive_from(manager);
    EXPECT_EQ(removal.text, "FDSTOREREMOVE=1\nFDNAME=ticket-keys");
    EXPECT_TRUE(removal.descriptors.empty());
    const auto storing = receive_from(manager);
    EXPECT_EQ(storing.text, "FDSTORE=1\nFDNAME=ticket-keys");
    ASSERT_EQ(storing.descriptors.size(), 1U);
    EXPECT_TRUE(holds_secret(storing.descriptors.front().get()));
    EXPECT_EQ(receive_from(manager).text, "(none)");
}

TEST(Storing, IsNotTriedWithoutAManager) {
    EXPECT_FALSE(Notifier::connect({}).store(sealed_secret().get(), ticket_keys_name));
}

TEST(Storing, IsNotTriedIfTheManagerSaysThatItKeepsNothing) {
    auto [service, manager] = make_pair(SOCK_DGRAM);
    ::setenv("FDSTORE", "0", 1);
    const Notifier notifier = Notifier::connect(std::move(service));
    EXPECT_EQ(std::getenv("FDSTORE"), nullptr);
    EXPECT_FALSE(notifier.store(sealed_secret().get(), ticket_keys_name));
    EXPECT_EQ(receive_from(manager).text, "(none)");
}

TEST(Storing, IsTriedIfTheManagerKeepsOneOrMore) {
    for (const char* const room : {"1", "512"}) {
        auto [service, manager] = make_pair(SOCK_DGRAM);
        ::setenv("FDSTORE", room, 1);
        const Notifier notifier = Notifier::connect(std::move(service));
        EXPECT_TRUE(notifier.store(sealed_secret().get(), ticket_keys_name)) << room;
    }
}

TEST(Storing, SaysSoIfTheManagerWentAwayOrTheDescriptorIsNone) {
    auto [service, manager] = make_pair(SOCK_DGRAM);
    const Notifier notifier = Notifier::connect(std::move(service));
    EXPECT_FALSE(notifier.store(-1, ticket_keys_name));
    manager = base::Fd();
    EXPECT_FALSE(notifier.store(sealed_secret().get(), ticket_keys_name));
}

TEST(Storing, ReachesTheNextProcess) {
    const auto [service, manager] = make_pair(SOCK_DGRAM);
    const base::Fd listener = tcp_listener();
    const std::string first =
        in_child({.descriptors = {listener.get(), service.get()}, .names = "http:notify"}, [] {
            Adoption adoption = adopt();
            const Notifier notifier = Notifier::connect(std::move(adoption.notify));
            return std::string(adoption.ticket_keys ? "inherited" : "none") +
                   (notifier.store(sealed_secret().get(), ticket_keys_name) ? ", stored" : "");
        });
    EXPECT_EQ(first, "none, stored");
    EXPECT_EQ(receive_from(manager).text, "FDSTOREREMOVE=1\nFDNAME=ticket-keys");
    const auto stored = receive_from(manager);
    ASSERT_EQ(stored.descriptors.size(), 1U);
    const std::string second = in_child(
        {.descriptors = {listener.get(), stored.descriptors.front().get()},
         .names = "http:ticket-keys"},
        [] {
            const Adoption adoption = adopt();
            return std::string(holds_secret(adoption.ticket_keys.get()) ? "same" : "other");
        });
    EXPECT_EQ(second, "same");
}

TEST(Adoption, TakesTicketKeysFromTheStoreBesideAnySockets) {
    const base::Fd keys = sealed_secret();
    const base::Fd http = tcp_listener();
    const base::Fd https = tcp_listener();
    EXPECT_EQ(adopted({.descriptors = {http.get(), https.get(), keys.get()},
                       .names = "http:https:ticket-keys"}),
              "3 http, 4 https, ticket keys 5, activated");
    EXPECT_EQ(adopted({.descriptors = {keys.get(), http.get()}, .names = "ticket-keys:x.socket"}),
              "4 http, ticket keys 3, activated")
        << "a socket beside them is still alone";
    EXPECT_EQ(adopted({.descriptors = {keys.get()}, .names = "ticket-keys"}),
              "ticket keys 3, activated");
}

TEST(Adoption, ClosesASecondDescriptorOfTicketKeys) {
    const base::Fd listener = tcp_listener();
    const base::Fd keys = sealed_secret();
    EXPECT_EQ(in_child({.descriptors = {keys.get(), keys.get(), listener.get()},
                        .names = "ticket-keys:ticket-keys:http"},
                       [] {
                           const Adoption adoption = adopt();
                           constexpr int second = 4;
                           return played::describe(adoption) +
                                  (::fcntl(second, F_GETFD) == -1 ? ", closed" : ", open");
                       }),
              "5 http, ticket keys 3, activated, closed");
}

TEST(Adoption, LeavesToTheReaderWhatTicketKeysAre) {
    const base::Fd listener = tcp_listener();
    const base::Fd other = tcp_listener();
    EXPECT_EQ(adopted({.descriptors = {listener.get(), other.get()}, .names = "http:ticket-keys"}),
              "3 http, ticket keys 4, activated");
}

TEST(Adoption, RefusesTicketKeysThatAreNotOpen) {
    const base::Fd listener = tcp_listener();
    const std::string refusal =
        adopted({.descriptors = {listener.get(), played::closed}, .names = "http:ticket-keys"});
    EXPECT_EQ(refusal.substr(0, 42), "78: descriptor 4 (\"ticket-keys\"): not open");
}

}  // namespace
}  // namespace cloister::systemd
