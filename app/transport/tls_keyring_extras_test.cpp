// SPDX-License-Identifier: MIT
// What else a keyring gives its clients: issuers, staples, and tickets that resume.
#include "transport/tls_keyring.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "transport/test_tls_client.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

using Names = std::vector<std::string>;

// Certificates are told apart by their common name, pairs by their file.
TlsPair pair(const std::string& name, const Names& names, TestKey key = TestKey::p256) {
    return pair_of(self_signed({.common_name = name, .names = names, .key = key}), {}, name);
}

template <class... Pairs>
std::vector<TlsPair> all_of(Pairs... pairs) {
    std::vector<TlsPair> all;
    (all.push_back(std::move(pairs)), ...);
    return all;
}

std::string common_name(const X509* certificate) {
    std::array<char, 256> name{};
    ::X509_NAME_get_text_by_NID(::X509_get_subject_name(certificate), NID_commonName, name.data(),
                                name.size());
    return name.data();
}

TEST(KeyringExtras, SendsTheIssuersToo) {
    const Issued root = make_root();
    const Issued intermediate = make_intermediate(root);
    const Keyring keyring(
        all_of(pair_of(make_leaf(intermediate, {"example.org"}), {&intermediate})), ticket_keys());
    for (const int version : versions) {
        Line line(keyring, {.least_version = version, .most_version = version});
        line.settle();
        const STACK_OF(X509)* const chain = ::SSL_get_peer_cert_chain(line.client->tls());
        ASSERT_EQ(sk_X509_num(chain), 2);
        EXPECT_EQ(common_name(sk_X509_value(chain, 1)), "intermediate");
    }
}

TEST(KeyringExtras, StaplesTheResponseOfTheCertificateThatItChose) {
    const Issued root = make_root();
    const Issued ecdsa = make_leaf(root, {"example.org"});
    const Issued rsa = make_leaf(root, {"example.org"}, TestKey::rsa_2048);
    const Issued bare = make_leaf(root, {"bare.org"});
    const std::string ecdsa_staple = staple_for(ecdsa, root);
    const std::string rsa_staple = staple_for(rsa, root);
    const Keyring keyring(all_of(pair_of(ecdsa, {}, "ecdsa", ecdsa_staple),
                                 pair_of(rsa, {}, "rsa", rsa_staple), pair_of(bare, {}, "bare")),
                          ticket_keys());
    for (const int version : versions) {
        const auto staple_in = [&](const std::string& host, const std::string& signatures,
                                   bool wanted) {
            Line line(keyring, {.least_version = version,
                                .most_version = version,
                                .host = host,
                                .signatures = signatures,
                                .wants_staple = wanted});
            line.settle();
            EXPECT_TRUE(line.client->is_connected());
            return line.client->staple();
        };
        const std::string rsa_only = "RSA-PSS+SHA256:RSA+SHA256";
        EXPECT_EQ(staple_in("example.org", "", true), ecdsa_staple);
        EXPECT_EQ(staple_in("example.org", rsa_only, true), rsa_staple);
        EXPECT_EQ(staple_in("unknown.org", rsa_only, true), rsa_staple);
        EXPECT_EQ(staple_in("example.org", "", false), "");
        EXPECT_EQ(staple_in("bare.org", "", true), "");
    }
}

TEST(KeyringExtras, LeavesAResponseAwayThatHasExpiredMeanwhile) {
    const Issued root = make_root();
    const Issued leaf = make_leaf(root, {"example.org"});
    TlsPair pair = pair_of(leaf, {}, "tls", staple_for(leaf, root));
    pair.staple.until = today() - std::chrono::seconds(1);
    const Keyring keyring(all_of(std::move(pair)), ticket_keys());
    Line line(keyring, {.host = "example.org", .wants_staple = true});
    line.settle();
    EXPECT_TRUE(line.client->is_connected());
    EXPECT_EQ(line.client->staple(), "");
}

// A client that was here before, for another name and at another process, which has the same keys.
TEST(KeyringExtras, ResumesUnderTheSameTicketKeys) {
    const auto make = [] {
        return all_of(pair("one", {"one.org"}), pair("two", {"two.org"}, TestKey::rsa_2048));
    };
    const Keyring before(make(), ticket_keys());
    const Keyring after(make(), ticket_keys());
    for (const int version : versions) {
        for (const char* const host : {"one.org", "two.org", ""}) {
            ClientWish wish{.least_version = version,
                            .most_version = version,
                            .host = host,
                            .protocols = "\x08http/1.1"};
            Line first(before, wish);
            first.settle();
            EXPECT_EQ(first.server->protocol(), Protocol::http1);
            const Session session = first.client->session();
            wish.session = session.get();
            wish.protocols = "\x02h2";
            Line second(after, wish);
            second.settle();
            EXPECT_EQ(::SSL_session_reused(second.client->tls()), 1) << version << host;
            EXPECT_EQ(second.server->protocol(), Protocol::http2);  // agreed on anew
        }
    }
}

TEST(KeyringExtras, DoesNotResumeUnderOtherTicketKeys) {
    const auto other_keys = TicketKeys::fresh(std::chrono::system_clock::now());
    const Keyring other(all_of(pair("one", {"example.org"})), *other_keys);
    for (const int version : versions) {
        ClientWish wish{.least_version = version, .most_version = version};
        Line first(example_keyring(), wish);
        first.settle();
        const Session session = first.client->session();
        wish.session = session.get();
        Line second(other, wish);
        second.settle();
        EXPECT_TRUE(second.client->is_connected());
        EXPECT_EQ(::SSL_session_reused(second.client->tls()), 0) << version;
    }
}

}  // namespace
}  // namespace cloister::transport
