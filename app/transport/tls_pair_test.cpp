// SPDX-License-Identifier: MIT
// What a good pair becomes, and what is said about one that is nearly good.
#include "transport/tls_pair.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "transport/test_certificates.h"

namespace cloister::transport {
namespace {

using namespace test;

using Names = std::vector<std::string>;

// The warnings about tls.crt, each on a line.
std::string warnings_of(const PairFolder& folder) {
    std::string all;
    for (const std::string& warning :
         load_pair(pairs_in(folder.path()).front(), today()).chain.warnings) {
        all += warning + "\n";
    }
    return all;
}

class PairTest : public testing::Test {
  protected:
    TlsPair load() { return load_pair(pairs_in(folder.path()).front(), today()); }

    Issued root = make_root();
    Issued intermediate = make_intermediate(root);
    PairFolder folder;
};

TEST_F(PairTest, HasCertificateChainAndKey) {
    const Issued leaf = make_leaf(intermediate, {"example.org"});
    folder.write_pair("tls", leaf, {&intermediate});
    const TlsPair pair = load();
    EXPECT_EQ(pair.label, "tls");
    EXPECT_EQ(::X509_cmp(pair.chain.leaf.get(), leaf.certificate.get()), 0);
    ASSERT_EQ(sk_X509_num(pair.chain.issuers.get()), 1);
    EXPECT_EQ(
        ::X509_cmp(sk_X509_value(pair.chain.issuers.get(), 0), intermediate.certificate.get()), 0);
    EXPECT_EQ(::EVP_PKEY_eq(pair.key.get(), leaf.key.get()), 1);
    EXPECT_EQ(pair.staple.der, "");
    EXPECT_TRUE(pair.chain.warnings.empty());
    EXPECT_EQ(pair.chain.expires, today() + std::chrono::days(90));
}

TEST_F(PairTest, CanServeTls) {
    for (const TestKey kind : {TestKey::p256, TestKey::rsa_2048, TestKey::ed25519}) {
        folder.write_pair("tls", make_leaf(intermediate, {"a.org"}, kind), {&intermediate});
        const TlsPair pair = load();
        const SslSettings settings(::SSL_CTX_new(::TLS_server_method()));
        EXPECT_EQ(::SSL_CTX_use_cert_and_key(settings.get(), pair.chain.leaf.get(), pair.key.get(),
                                             pair.chain.issuers.get(), 1),
                  1)
            << openssl_reason();
        EXPECT_EQ(::SSL_CTX_check_private_key(settings.get()), 1) << openssl_reason();
    }
}

TEST_F(PairTest, TakesEveryKindOfKeyInEveryFormat) {
    struct Case {
        TestKey kind;
        const char* name;
        std::string (*pem)(const Issued&);
    };

    const std::vector<Case> cases = {
        {TestKey::p256, "ECDSA", key_pem_of},
        {TestKey::p256, "ECDSA", traditional_key_pem_of},
        {TestKey::p384, "ECDSA", key_pem_of},
        {TestKey::rsa_2048, "RSA", key_pem_of},
        {TestKey::rsa_2048, "RSA", traditional_key_pem_of},
        {TestKey::ed25519, "Ed25519", key_pem_of},
    };
    for (const Case& each : cases) {
        const Issued leaf = make_leaf(intermediate, {"a.org"}, each.kind);
        folder.write_pair("tls", leaf, {&intermediate});
        folder.write("tls.key", each.pem(leaf));
        const TlsPair pair = load();
        EXPECT_STREQ(name_of(pair.chain.key_type), each.name);
        EXPECT_EQ(::EVP_PKEY_eq(pair.key.get(), leaf.key.get()), 1) << each.name;
    }
}

TEST_F(PairTest, TakesAKeyBehindCurveParameters) {
    const Issued leaf = make_leaf(intermediate, {"a.org"});
    folder.write_pair("tls", leaf, {&intermediate});
    folder.write("tls.key",
                 "Made by hand.\r\n-----BEGIN EC PARAMETERS-----\r\nBggqhkjOPQMBBw==\r\n"
                 "-----END EC PARAMETERS-----\r\n" +
                     traditional_key_pem_of(leaf));
    EXPECT_NE(load().key, nullptr);
}

TEST_F(PairTest, KnowsItsNamesInLowerCase) {
    folder.write_pair("tls", make_leaf(intermediate, {"Example.ORG", "*.example.org", "a.b.c"}),
                      {&intermediate});
    EXPECT_EQ(load().chain.names, (Names{"example.org", "*.example.org", "a.b.c"}));
}

TEST_F(PairTest, TakesNoNameFromTheSubject) {
    folder.write_pair("tls", issued_by(intermediate, {.common_name = "example.org"}),
                      {&intermediate});
    EXPECT_TRUE(load().chain.names.empty());
    EXPECT_EQ(warnings_of(folder),
              "certificate tls names no host; clients will refuse it: have it issued with "
              "subjectAltName\n");
}

TEST_F(PairTest, TakesASelfSignedCertificateInSilence) {
    folder.write_pair("tls", self_signed({.names = {"a.org"}}));
    EXPECT_EQ(warnings_of(folder), "");
}

TEST_F(PairTest, TakesAChainThatEndsInItsRoot) {
    folder.write_pair("tls", make_leaf(intermediate, {"a.org"}), {&intermediate, &root});
    EXPECT_EQ(warnings_of(folder), "");
    EXPECT_EQ(sk_X509_num(load().chain.issuers.get()), 2);
}

TEST_F(PairTest, TakesARootWithAWeakSignature) {
    const Issued old = self_signed({.common_name = "old", .role = Role::issuer, .hash = "SHA1"});
    folder.write_pair("tls", make_leaf(old, {"a.org"}), {&old});
    EXPECT_EQ(warnings_of(folder), "");
}

TEST_F(PairTest, MissesTheIntermediate) {
    folder.write_pair("tls", make_leaf(intermediate, {"a.org"}));
    EXPECT_EQ(warnings_of(folder),
              "certificate tls comes without an intermediate certificate; clients may not find its "
              "issuer: use fullchain.pem\n");
}

TEST_F(PairTest, WarnsBeforeItExpires) {
    struct Case {
        std::chrono::seconds left;
        std::string words;  // "": none
    };

    using std::chrono::days;
    for (const Case& each : {Case{days(14), ""},
                             {days(14) - std::chrono::seconds(1), "in 13 days"},
                             {days(9), "in 9 days"},
                             {days(1), "in 1 day"},
                             {days(1) - std::chrono::seconds(1), "in less than a day"},
                             {std::chrono::seconds(0), "in less than a day"}}) {
        folder.write_pair(
            "tls",
            issued_by(intermediate,
                      {.names = {"a.org"},
                       .not_after = std::chrono::sys_days(std::chrono::year(2030) / 12 / 3)}),
            {&intermediate});
        const std::chrono::sys_seconds end =
            std::chrono::sys_days(std::chrono::year(2030) / 12 / 3);
        const TlsPair pair = load_pair(pairs_in(folder.path()).front(), end - each.left);
        // The intermediate has expired long before, which is another warning.
        EXPECT_EQ(pair.chain.warnings.size(), each.words.empty() ? 1U : 2U);
        if (!each.words.empty()) {
            EXPECT_EQ(pair.chain.warnings.front(),
                      "certificate tls expires " + each.words + ", on 2030-12-03");
        }
    }
}

TEST_F(PairTest, WarnsOfAnIssuerThatHasExpired) {
    const Issued old = issued_by(root, {.common_name = "old",
                                        .not_before = std::chrono::sys_seconds{},
                                        .not_after = today() - std::chrono::days(1),
                                        .role = Role::issuer});
    folder.write_pair("tls", make_leaf(old, {"a.org"}), {&old});
    EXPECT_TRUE(warnings_of(folder).starts_with(
        "certificate tls: its issuer CN=old is valid from 1970-01-01 to "))
        << warnings_of(folder);
}

TEST_F(PairTest, HasTheStapleOfToday) {
    const Issued leaf = make_leaf(intermediate, {"a.org"});
    const std::string staple = staple_for(leaf, intermediate);
    folder.write_pair("tls", leaf, {&intermediate});
    folder.write("tls.ocsp", staple);
    EXPECT_EQ(load().staple.der, staple);
    EXPECT_EQ(warnings_of(folder), "");
}

TEST_F(PairTest, KnowsItsStapleByTheSerialIfTheIssuerIsAbsent) {
    const Issued leaf = make_leaf(intermediate, {"a.org"});
    folder.write_pair("tls", leaf);
    folder.write("tls.ocsp", staple_for(leaf, intermediate));
    EXPECT_NE(load().staple.der, "");
}

TEST_F(PairTest, IgnoresAStapleOfAnotherDay) {
    const Issued leaf = make_leaf(intermediate, {"a.org"});
    folder.write_pair("tls", leaf, {&intermediate});
    const auto yesterday = today() - std::chrono::days(1);
    const auto tomorrow = today() + std::chrono::days(1);
    folder.write("tls.ocsp", staple_for(leaf, intermediate, {.next_update = yesterday}));
    EXPECT_EQ(load().staple.der, "");
    EXPECT_TRUE(
        warnings_of(folder).starts_with(folder.at("tls.ocsp") + ": the OCSP response expired on "))
        << warnings_of(folder);
    folder.write("tls.ocsp", staple_for(leaf, intermediate, {.this_update = tomorrow}));
    EXPECT_EQ(load().staple.der, "");
    EXPECT_TRUE(warnings_of(folder).ends_with(", ignoring it\n")) << warnings_of(folder);
}

TEST_F(PairTest, LeavesNoErrorInTheQueue) {
    const Issued leaf = make_leaf(intermediate, {"a.org"});
    folder.write_pair("tls", leaf, {&intermediate});
    folder.write("tls.ocsp", staple_for(leaf, intermediate));
    (void)load();
    EXPECT_EQ(::ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace cloister::transport
