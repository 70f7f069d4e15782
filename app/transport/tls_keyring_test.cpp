// SPDX-License-Identifier: MIT
// Which certificate answers for which name.
#include "transport/tls_keyring.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "transport/test_failure.h"
#include "transport/test_tls_client.h"
#include "transport/tls_time.h"

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

// The common name of the certificate that a client gets, or "alert N".
std::string answer_to(const Keyring& keyring, const ClientWish& wish) {
    Line line(keyring, wish);
    line.settle();
    if (line.client->alert != TlsClient::no_alert) {
        return "alert " + std::to_string(line.client->alert);
    }
    return common_name(SSL_get0_peer_certificate(line.client->tls()));
}

std::string answer_to(const Keyring& keyring, const std::string& host) {
    return answer_to(keyring, ClientWish{.host = host});
}

TEST(Keyring, ChoosesByName) {
    const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                std::string(63, 'c') + "." + std::string(57, 'd') + ".org";
    ASSERT_EQ(longest.size(), 253U);
    const Keyring keyring(
        all_of(pair("first", {"first.org"}), pair("wild", {"*.example.org", "Upper.Org"}),
               pair("exact", {"www.example.org", "example.org", longest}), pair("top", {"*.org"})),
        ticket_keys());

    struct Case {
        std::string host;
        std::string common_name;
    };

    const std::vector<Case> cases = {
        {"first.org", "first"},
        {"example.org", "exact"},
        {"www.example.org", "exact"},
        {"WWW.Example.ORG", "exact"},
        {"a.example.org", "wild"},
        {"A.EXAMPLE.ORG", "wild"},
        {"a.b.example.org", "first"},  // a wildcard stands for one label
        {"-.example.org", "wild"},
        {"upper.org", "wild"},
        {"other.org", "top"},
        {"org", "first"},
        {"", "first"},  // no SNI
        {"*", "first"},
        {"*.", "first"},
        {".", "first"},
        {"..", "first"},
        {".example.org", "first"},  // an empty label
        {"..example.org", "first"},
        {"example.org.", "first"},  // RFC 6066 3 forbids the dot at the end
        {"example", "first"},
        {"xexample.org", "top"},
        {"unknown.net", "first"},
        {"127.0.0.1", "first"},
        {longest, "exact"},
        {"d" + longest, "first"},
        {std::string(243, 'a') + ".example.org", "first"},  // 255: more than OpenSSL does not send
    };
    for (const Case& each : cases) {
        EXPECT_EQ(answer_to(keyring, each.host), each.common_name) << each.host;
    }
}

TEST(Keyring, RefusesANameWithANulInIt) {
    for (const int version : versions) {
        Line line(example_keyring(),
                  {.least_version = version, .most_version = version, .host = "www?example.org"});
        line.client->think();
        std::string hello = line.client->records();
        hello.at(hello.find('?', hello.find("www"))) = '\0';
        line.client->send(hello);
        line.settle();
        constexpr int unrecognized_name = 112;
        EXPECT_EQ(line.client->alert, unrecognized_name);
        EXPECT_EQ(line.state, State::closed);
    }
}

TEST(Keyring, AnswersWithTheFirstPairWhoseCertificateNamesNobody) {
    const Keyring keyring(all_of(pair("first", {}), pair("second", {"second.org"})), ticket_keys());
    EXPECT_EQ(answer_to(keyring, "unknown.org"), "first");
    EXPECT_EQ(answer_to(keyring, "second.org"), "second");
}

TEST(Keyring, GivesEveryClientAKindOfKeyThatItTakes) {
    const Keyring keyring(all_of(pair("rsa", {"example.org"}, TestKey::rsa_2048),
                                 pair("ecdsa", {"example.org"}, TestKey::p256),
                                 pair("ed25519", {"example.org", "only.org"}, TestKey::ed25519)),
                          ticket_keys());
    EXPECT_TRUE(keyring.warnings().empty());
    const std::string host = "example.org";
    for (const int version : versions) {
        const auto answer_with = [&](const std::string& signatures, const std::string& name) {
            return answer_to(keyring, {.least_version = version,
                                       .most_version = version,
                                       .host = name,
                                       .signatures = signatures});
        };
        for (const char* const name : {"example.org", "", "unknown.org"}) {
            EXPECT_EQ(answer_with("", name), "ecdsa") << version;
            EXPECT_EQ(answer_with("RSA-PSS+SHA256:RSA+SHA256", name), "rsa") << version;
            EXPECT_EQ(answer_with("ed25519", name), "ed25519") << version;
            EXPECT_EQ(answer_with("ECDSA+SHA256", name), "ecdsa") << version;
        }
        EXPECT_EQ(answer_with("ECDSA+SHA256", "only.org"), "alert 40") << version;
    }
}

TEST(Keyring, UsesTheFirstOfTwoOfOneKindAndWarns) {
    const Keyring keyring(all_of(pair("one", {"example.org", "one.org"}),
                                 pair("two", {"example.org", "two.org"}, TestKey::p384)),
                          ticket_keys());
    ASSERT_EQ(keyring.warnings().size(), 1U);
    EXPECT_EQ(keyring.warnings().front(),
              "certificates one and two are both for example.org and of one kind; one is used, "
              "ignoring the other");
    EXPECT_EQ(answer_to(keyring, "example.org"), "one");
    EXPECT_EQ(answer_to(keyring, "two.org"), "two");
}

TEST(Keyring, PassesOnTheWarningsOfItsPairs) {
    const Keyring keyring(all_of(pair("first", {})), ticket_keys());
    ASSERT_EQ(keyring.warnings().size(), 1U);
    EXPECT_NE(keyring.warnings().front().find("names no host"), std::string::npos);
}

TEST(Keyring, NamesAPairThatOpenSslRefuses) {
    TlsPair mixed = pair("mixed", {"example.org"});
    mixed.key = make_key(TestKey::p256);
    std::vector<TlsPair> pairs = all_of(pair("good", {"good.org"}), std::move(mixed));
    const Complaint complaint =
        complaint_of([&] { const Keyring keyring(std::move(pairs), ticket_keys()); });
    EXPECT_EQ(complaint.exit_status, EX_CONFIG);
    EXPECT_TRUE(complaint.has("certificate mixed is not accepted by OpenSSL: ")) << complaint.text;
}

TEST(Keyring, SaysWhatItHas) {
    const auto until = [](int days) {
        return pair_of(self_signed(
            {.names = {"example.org"}, .not_after = today() + std::chrono::days(days)}));
    };
    const Keyring one(all_of(until(90)), ticket_keys());
    EXPECT_EQ(one.text(),
              "1 certificate, which expires on " + day_text(today() + std::chrono::days(90)));
    const Keyring two(all_of(until(90), until(30)), ticket_keys());
    EXPECT_EQ(two.text(), "2 certificates, the first of which expires on " +
                              day_text(today() + std::chrono::days(30)));
}

}  // namespace
}  // namespace cloister::transport
