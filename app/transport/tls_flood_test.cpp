// SPDX-License-Identifier: MIT
// Clients that make the server work and answer without ever asking for anything.
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/limits.h"
#include "transport/test_tls_client.h"
#include "transport/tls.h"

namespace cloister::transport {
namespace {

using namespace test;

using base::limits::tls_handshake_message_count;
using Kdf = Owned<EVP_KDF, ::EVP_KDF_free>;
using KdfRun = Owned<EVP_KDF_CTX, ::EVP_KDF_CTX_free>;
using Cipher = Owned<EVP_CIPHER_CTX, ::EVP_CIPHER_CTX_free>;
using Bytes = std::basic_string<unsigned char>;

// Of TLS 1.2 with AES-128-GCM (RFC 5288).
constexpr std::size_t key_bytes = 16;
constexpr std::size_t salt_bytes = 4;
constexpr std::size_t number_bytes = 8;
constexpr std::size_t tag_bytes = 16;

Bytes big_endian(std::uint64_t number, int bytes) {
    Bytes text;
    for (int index = bytes - 1; index >= 0; --index) {
        text += static_cast<unsigned char>(number >> (8 * index) & 0xff);
    }
    return text;
}

// Encrypts for a client of TLS 1.2 what OpenSSL's would never send.
class Sealer {
  public:
    explicit Sealer(SSL* client) {
        std::array<unsigned char, SSL_MAX_MASTER_KEY_LENGTH> master{};
        std::array<unsigned char, std::size_t{2} * SSL3_RANDOM_SIZE> random{};
        const std::size_t size =
            ::SSL_SESSION_get_master_key(::SSL_get_session(client), master.data(), master.size());
        ::SSL_get_server_random(client, random.data(), SSL3_RANDOM_SIZE);
        ::SSL_get_client_random(client, random.data() + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
        std::string digest = "SHA256";
        std::string label = "key expansion";
        const std::array parameters = {
            ::OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
            ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(), size),
            ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label.data(), label.size()),
            ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, random.data(), random.size()),
            ::OSSL_PARAM_construct_end(),
        };
        const Kdf kdf(::EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr));
        const KdfRun run(::EVP_KDF_CTX_new(kdf.get()));
        EXPECT_EQ(::EVP_KDF_derive(run.get(), keys_.data(), keys_.size(), parameters.data()), 1);
    }

    std::string record(unsigned char type, const Bytes& text) {
        const Bytes number = big_endian(++number_, number_bytes);
        const Bytes kind{type, 3, 3};
        const Bytes nonce = Bytes(keys_.data() + 2 * key_bytes, salt_bytes) + number;
        const Bytes aside = number + kind + big_endian(text.size(), 2);
        Bytes sealed(text.size() + tag_bytes, 0);
        int size = 0;
        const Cipher cipher(::EVP_CIPHER_CTX_new());
        ::EVP_EncryptInit_ex(cipher.get(), ::EVP_aes_128_gcm(), nullptr, keys_.data(),
                             nonce.data());
        ::EVP_EncryptUpdate(cipher.get(), nullptr, &size, aside.data(),
                            static_cast<int>(aside.size()));
        ::EVP_EncryptUpdate(cipher.get(), sealed.data(), &size, text.data(),
                            static_cast<int>(text.size()));
        ::EVP_EncryptFinal_ex(cipher.get(), sealed.data() + text.size(), &size);
        ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                              sealed.data() + text.size());
        const Bytes all = kind + big_endian(number_bytes + sealed.size(), 2) + number + sealed;
        return {all.begin(), all.end()};
    }

  private:
    std::array<unsigned char, 2 * (key_bytes + salt_bytes)> keys_{};
    std::uint64_t number_ = 0;  // of the last record: Finished
};

std::string renegotiations(Sealer& sealer, std::size_t count) {
    std::string all;
    for (std::size_t index = 0; index < count; ++index) {
        all += sealer.record(SSL3_RT_HANDSHAKE, {SSL3_MT_CLIENT_HELLO, 0, 0, 0});
    }
    return all;
}

std::string key_updates(const Line& line, std::size_t count, int kind) {
    std::string all;
    for (std::size_t index = 0; index < count; ++index) {
        ::SSL_key_update(line.client->tls(), kind);
        ::SSL_do_handshake(line.client->tls());
        all += line.client->records();
    }
    return all;
}

// What the server answers, in bytes.
std::size_t answer_to(Line& line, const std::string& records) {
    line.client->keeps_raw_only = true;
    line.client->raw.clear();
    EXPECT_TRUE(line.client->send(records));
    line.read();
    line.client->receive();
    return line.client->raw.size();
}

// Of the client in a handshake, and those that it may send afterwards.
constexpr std::size_t count_in_tls12 = 3;
constexpr std::size_t count_in_tls13 = 2;
constexpr std::size_t most_in_tls12 = tls_handshake_message_count - count_in_tls12;
constexpr std::size_t most_in_tls13 = tls_handshake_message_count - count_in_tls13;
constexpr std::size_t largest_answer_bytes = 31;

const ClientWish wish_for_tls12{.most_version = TLS1_2_VERSION,
                                .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"};
const ClientWish wish_for_tls13{.least_version = TLS1_3_VERSION};

TEST(TlsFlood, LivesOnAfterAllTheRenegotiationsThatMayBeTried) {
    Line line(example_keyring(), wish_for_tls12);
    line.settle();
    Sealer sealer(line.client->tls());
    EXPECT_EQ(answer_to(line, renegotiations(sealer, most_in_tls12)), most_in_tls12 * 31);
    EXPECT_EQ(line.state, State::again);
    line.client->send(sealer.record(SSL3_RT_APPLICATION_DATA, {'h', 'i'}));
    line.read();
    EXPECT_EQ(line.received, "hi");
}

TEST(TlsFlood, EndsAtOneRenegotiationMore) {
    Line line(example_keyring(), wish_for_tls12);
    line.settle();
    Sealer sealer(line.client->tls());
    answer_to(line, renegotiations(sealer, most_in_tls12 + 1));
    EXPECT_EQ(line.state, State::closed);
}

TEST(TlsFlood, LivesOnAfterAllTheKeyUpdatesThatMayCome) {
    Line line(example_keyring(), wish_for_tls13);
    line.settle();
    EXPECT_GT(answer_to(line, key_updates(line, most_in_tls13, SSL_KEY_UPDATE_REQUESTED)), 0U);
    EXPECT_EQ(line.state, State::again);
    line.client->write("hi");
    line.client->step();
    line.read();
    EXPECT_EQ(line.received, "hi");
}

TEST(TlsFlood, EndsAtOneKeyUpdateMore) {
    for (const int kind : {SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED}) {
        Line line(example_keyring(), wish_for_tls13);
        line.settle();
        answer_to(line, key_updates(line, most_in_tls13 + 1, kind));
        EXPECT_EQ(line.state, State::closed);
    }
}

TEST(TlsFlood, KeepsNoAnswersForOneWhoDoesNotReadThem) {
    Line updating(example_keyring(), wish_for_tls13);
    updating.settle();
    EXPECT_LE(answer_to(updating, key_updates(updating, 2000, SSL_KEY_UPDATE_REQUESTED)),
              most_in_tls13 * largest_answer_bytes);
    EXPECT_EQ(updating.state, State::closed);
    Line negotiating(example_keyring(), wish_for_tls12);
    negotiating.settle();
    Sealer sealer(negotiating.client->tls());
    EXPECT_LE(answer_to(negotiating, renegotiations(sealer, 2000)),
              most_in_tls12 * largest_answer_bytes);
    EXPECT_EQ(negotiating.state, State::closed);
    EXPECT_EQ(negotiating.write("text").state, State::closed);
}

// Alerts and empty records (RFC 5246 6.2.1) are OpenSSL's to count.
TEST(TlsFlood, EndsWhenOnlyEmptyRecordsOrWarningsCome) {
    constexpr unsigned char warning = 1;
    constexpr unsigned char user_canceled = 90;

    struct Case {
        unsigned char type;
        Bytes text;
    };

    for (const Case& each :
         {Case{SSL3_RT_APPLICATION_DATA, {}}, Case{SSL3_RT_ALERT, {warning, user_canceled}}}) {
        Line line(example_keyring(), wish_for_tls12);
        line.settle();
        Sealer sealer(line.client->tls());
        std::string all;
        for (int index = 0; index < 100; ++index) {
            all += sealer.record(each.type, each.text);
        }
        answer_to(line, all);
        EXPECT_EQ(line.state, State::closed);
    }
}

}  // namespace
}  // namespace cloister::transport
