// SPDX-License-Identifier: MIT
// What can be agreed on, and what cannot although OpenSSL could.
#include "transport/tls_settings.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "transport/test_tls_client.h"
#include "transport/tls_keyring.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

// One pair of each kind for the same name.
const Keyring& all_kinds() {
    static const Keyring keyring = [] {
        std::vector<TlsPair> pairs;
        for (const TestKey key : {TestKey::p256, TestKey::rsa_2048, TestKey::ed25519}) {
            pairs.push_back(pair_of(self_signed({.names = {"example.org"}, .key = key})));
        }
        return Keyring(std::move(pairs), ticket_keys());
    }();
    return keyring;
}

// What client and server agree on; "" if they do not.
struct Agreement {
    std::string suite;
    std::string group;
    std::string hash;  // of the server's signature
};

Agreement agreement_on(const ClientWish& wish) {
    Line line(all_kinds(), wish);
    line.settle();
    if (!line.client->is_connected()) {
        EXPECT_EQ(line.state, State::closed);
        return {};
    }
    SSL* const tls = line.client->tls();
    int hash = NID_undef;
    ::SSL_ctrl(tls, SSL_CTRL_GET_PEER_SIGNATURE_NID, 0, &hash);
    EVP_PKEY* key = nullptr;
    ::SSL_ctrl(tls, SSL_CTRL_GET_PEER_TMP_KEY, 0, &key);
    const Key owner(key);
    std::array<char, 80> group{};
    std::size_t size = 0;
    if (::EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) {
        return {::SSL_get_cipher_name(tls), ::EVP_PKEY_get0_type_name(key), ::OBJ_nid2sn(hash)};
    }
    return {::SSL_get_cipher_name(tls), group.data(), ::OBJ_nid2sn(hash)};
}

std::string group_of(int version, const std::string& offered) {
    return agreement_on({.least_version = version, .most_version = version, .groups = offered})
        .group;
}

TEST(TlsSettings, TakeThreeSuitesOfTls13) {
    for (const char* const suite :
         {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}) {
        EXPECT_EQ(agreement_on({.least_version = TLS1_3_VERSION, .suites = suite}).suite, suite);
    }
    for (const char* const suite : {"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"}) {
        EXPECT_EQ(agreement_on({.least_version = TLS1_3_VERSION, .suites = suite}).suite, "");
    }
}

TEST(TlsSettings, TakeSixSuitesOfTls12) {
    for (const char* const suite :
         {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"}) {
        EXPECT_EQ(agreement_on({.most_version = TLS1_2_VERSION, .ciphers = suite}).suite, suite);
    }
    // All others that this OpenSSL has: CBC, CCM, DHE, keys sent under RSA, and so on.
    const std::string rest =
        "ALL:COMPLEMENTOFALL:!ECDHE+AESGCM:!ECDHE+CHACHA20:!PSK:!SRP:@SECLEVEL=0";
    const SslSettings settings(::SSL_CTX_new(::TLS_client_method()));
    ASSERT_EQ(::SSL_CTX_set_cipher_list(settings.get(), rest.c_str()), 1);
    const STACK_OF(SSL_CIPHER)* const others = ::SSL_CTX_get_ciphers(settings.get());
    EXPECT_GT(sk_SSL_CIPHER_num(others), 30);
    EXPECT_EQ(agreement_on({.most_version = TLS1_2_VERSION, .ciphers = rest}).suite, "");
}

TEST(TlsSettings, TakeThreeGroups) {
    struct Case {
        std::string offered;
        std::string agreed;
    };

    const std::vector<Case> cases = {
        {"X25519", "X25519"},       {"P-256", "prime256v1"}, {"P-384", "secp384r1"},
        {"P-521:X25519", "X25519"}, {"P-521", ""},           {"X448", ""},
        {"ffdhe2048", ""},          {"ffdhe8192", ""},
    };
    for (const int version : versions) {
        for (const Case& each : cases) {
            EXPECT_EQ(group_of(version, each.offered), each.agreed) << version << each.offered;
        }
    }
}

TEST(TlsSettings, PreferGroupsInTheirOwnOrderUnlessThatCostsARoundTrip) {
    EXPECT_EQ(group_of(TLS1_2_VERSION, "P-384:P-256:X25519"), "X25519");
    // The client has sent a key of the first.
    EXPECT_EQ(group_of(TLS1_3_VERSION, "P-384:P-256:X25519"), "secp384r1");
}

TEST(TlsSettings, SignWithNothingOlderThanSha256) {
    struct Case {
        std::string offered;
        std::string hash;
        int version;
    };

    const std::vector<Case> cases = {
        {"ECDSA+SHA256", "SHA256", TLS1_2_VERSION},
        {"ECDSA+SHA384", "SHA384", TLS1_2_VERSION},
        {"ECDSA+SHA512", "SHA512", TLS1_2_VERSION},
        {"RSA+SHA256", "SHA256", TLS1_2_VERSION},
        {"RSA+SHA384", "SHA384", TLS1_2_VERSION},
        {"RSA+SHA512", "SHA512", TLS1_2_VERSION},
        {"RSA-PSS+SHA256", "SHA256", TLS1_2_VERSION},
        {"ed25519", "UNDEF", TLS1_2_VERSION},
        {"ECDSA+SHA1", "", TLS1_2_VERSION},
        {"RSA+SHA1", "", TLS1_2_VERSION},
        {"ECDSA+SHA224", "", TLS1_2_VERSION},
        {"RSA+SHA224", "", TLS1_2_VERSION},
        {"ECDSA+SHA256", "SHA256", TLS1_3_VERSION},
        {"ECDSA+SHA384", "", TLS1_3_VERSION},  // means P-384 there
        {"RSA-PSS+SHA256", "SHA256", TLS1_3_VERSION},
        {"RSA-PSS+SHA384", "SHA384", TLS1_3_VERSION},
        {"RSA-PSS+SHA512", "SHA512", TLS1_3_VERSION},
        {"ed25519", "UNDEF", TLS1_3_VERSION},
        {"RSA+SHA256", "", TLS1_3_VERSION},
    };
    for (const Case& each : cases) {
        const Agreement agreement = agreement_on({.least_version = each.version,
                                                  .most_version = each.version,
                                                  .signatures = each.offered});
        EXPECT_EQ(agreement.hash, each.hash) << each.version << each.offered;
    }
}

TEST(TlsSettings, PreferInTheirOwnOrder) {
    EXPECT_EQ(agreement_on({.least_version = TLS1_3_VERSION,
                            .suites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                      "TLS_AES_128_GCM_SHA256"})
                  .suite,
              "TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(agreement_on({.most_version = TLS1_2_VERSION,
                            .ciphers = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:"
                                       "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"})
                  .suite,
              "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(TlsSettings, PreferChaChaForAClientThatPutsItFirst) {
    EXPECT_EQ(agreement_on({.least_version = TLS1_3_VERSION,
                            .suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"})
                  .suite,
              "TLS_CHACHA20_POLY1305_SHA256");
    EXPECT_EQ(agreement_on({.most_version = TLS1_2_VERSION,
                            .ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                       "ECDHE-ECDSA-AES128-GCM-SHA256"})
                  .suite,
              "ECDHE-ECDSA-CHACHA20-POLY1305");
}

TEST(TlsSettings, PreferTls13) {
    Line line(all_kinds());
    line.settle();
    EXPECT_EQ(::SSL_version(line.client->tls()), TLS1_3_VERSION);
}

TEST(TlsSettings, KeepNoSessionsAndCompressNothing) {
    const SslSettings settings(::SSL_CTX_new(::TLS_server_method()));
    apply_settings(settings.get());
    EXPECT_EQ(::SSL_CTX_ctrl(settings.get(), SSL_CTRL_GET_SESS_CACHE_MODE, 0, nullptr),
              SSL_SESS_CACHE_OFF);
    EXPECT_NE(::SSL_CTX_get_options(settings.get()) & SSL_OP_NO_COMPRESSION, 0U);
    EXPECT_EQ(::SSL_CTX_get_max_early_data(settings.get()), 0U);
}

}  // namespace
}  // namespace cloister::transport
