// SPDX-License-Identifier: MIT
// What a pair that cannot be served says: the file, and the remedy.
#include <gtest/gtest.h>

#include "transport/test_certificates.h"
#include "transport/test_failure.h"
#include "transport/tls_pair.h"

namespace cloister::transport {
namespace {

using namespace test;
using std::chrono::days;

// Begins with a good pair; each test spoils it.
class RefusalTest : public testing::Test {
  protected:
    void SetUp() override { folder.write_pair("tls", leaf, {&intermediate}); }

    // Expects a complaint about `file` with these words, and a remedy behind a semicolon.
    void expect(const std::string& file, const std::string& words, int exit_status = EX_CONFIG) {
        const Complaint complaint =
            complaint_of([&] { load_pair(pairs_in(folder.path()).front(), today()); });
        EXPECT_EQ(complaint.exit_status, exit_status) << complaint.text;
        EXPECT_TRUE(complaint.text.starts_with(folder.at(file) + ": ")) << complaint.text;
        EXPECT_TRUE(complaint.has(words)) << "not \"" << words << "\" in: " << complaint.text;
        EXPECT_TRUE(complaint.has("; ")) << complaint.text;
    }

    // Makes the pair one whose leaf is as `wish` says.
    void write(const Wish& wish) {
        folder.write_pair("tls", issued_by(intermediate, wish), {&intermediate});
    }

    Issued root = make_root();
    Issued intermediate = make_intermediate(root);
    Issued leaf = make_leaf(intermediate, {"a.org"});
    PairFolder folder;
};

TEST_F(RefusalTest, IsAbsentForAGoodPair) {
    EXPECT_EQ(complaint_of([&] { load_pair(pairs_in(folder.path()).front(), today()); }).text, "");
}

TEST_F(RefusalTest, NamesAFileThatIsAbsent) {
    const PairFiles all = {folder.at("tls.crt"), folder.at("tls.key"), ""};
    const std::string absent = folder.at("absent");
    for (const PairFiles& files : {PairFiles{absent, all.key, ""},
                                   {all.certificate, absent, ""},
                                   {all.certificate, all.key, absent}}) {
        const Complaint complaint = complaint_of([&] { load_pair(files, today()); });
        EXPECT_EQ(complaint.exit_status, EX_NOINPUT);
        EXPECT_TRUE(complaint.text.starts_with(absent + ": ")) << complaint.text;
    }
}

TEST_F(RefusalTest, NamesAFileThatMayNotBeRead) {
    for (const std::string name : {"tls.key", "tls.crt"}) {
        folder.write("tls.crt", pem_of(leaf), 0644);
        folder.write(name, "x", 0000);
        const AsNobody as_nobody;
        expect(name, "Permission denied", EX_NOPERM);
    }
}

TEST_F(RefusalTest, KeepsTheKeyFromEverybody) {
    folder.write("tls.key", key_pem_of(leaf), 0644);
    expect("tls.key", "chmod o= " + folder.at("tls.key"), EX_NOPERM);
}

TEST_F(RefusalTest, NamesAFileThatIsNoPem) {
    folder.write("tls.key", "secret");
    expect("tls.key", "it is not PEM");
    folder.write("tls.crt", der_of(leaf));
    expect("tls.crt", "-inform DER");
}

TEST_F(RefusalTest, NamesAFileThatIsDamaged) {
    struct Case {
        std::string text;
        std::string words;
    };

    const std::string begin = "-----BEGIN CERTIFICATE-----\n";
    const std::string end = "-----END CERTIFICATE-----\n";
    const std::string good = pem_of(leaf);
    const std::vector<Case> cases = {
        {good.substr(0, good.size() / 2), "has no end"},
        {good.substr(0, good.size() - 30), "has no end"},
        {"-----BEGIN CERTIFICATE", "has no end"},
        {"-----BEGIN CERTIFICATE-----", "has no end"},
        {begin + "-----END PRIVATE KEY-----\n", "has no end"},
        {begin + end, "is not base64"},
        {begin + "====\n" + end, "is not base64"},
        {begin + "AA=A\n" + end, "is not base64"},
        {begin + "AAAAA\n" + end, "is not base64"},
        {begin + "A*AA\n" + end, "is not base64"},
        {begin + "Name: value\n\n" + end, "is not base64"},
        {begin + "Name: value\n" + end, "is not base64"},
        {begin + "AAAA\n" + end, "is malformed"},
        {good + begin + "MAA=\n" + end, "is malformed"},
    };
    for (const Case& each : cases) {
        folder.write("tls.crt", each.text);
        expect("tls.crt", each.words);
    }
}

TEST_F(RefusalTest, NamesAFileWithoutWhatItIsFor) {
    folder.write("tls.key", pem_of(leaf));
    expect("tls.key", "there is no private key in it");
    folder.write("tls.crt", key_pem_of(leaf));
    expect("tls.crt", "there is no certificate in it");
}

TEST_F(RefusalTest, AsksForNoPassword) {
    folder.write("tls.key", encrypted_key_pem_of(leaf));
    expect("tls.key", "openssl pkey -in " + folder.at("tls.key") + " -out FILE");
    folder.write("tls.key",
                 "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                 "DEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    expect("tls.key", "the key is encrypted");
}

TEST_F(RefusalTest, WantsTheKeyOfTheCertificate) {
    const std::vector<TestKey> kinds = {TestKey::p256, TestKey::p384, TestKey::rsa_2048,
                                        TestKey::ed25519};
    for (const TestKey ours : kinds) {
        folder.write_pair("tls", make_leaf(intermediate, {"a.org"}, ours), {&intermediate});
        for (const TestKey theirs : kinds) {
            folder.write("tls.key", key_pem_of(make_leaf(intermediate, {"a.org"}, theirs)));
            expect("tls.key", "not that of the certificate in " + folder.at("tls.crt"));
        }
    }
}

TEST_F(RefusalTest, WantsAKeyThatIsWhole) {
    struct Case {
        std::string text;
        std::string words;
    };

    const std::vector<Case> cases = {
        {"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "is malformed"},
        {"-----BEGIN PRIVATE KEY-----\nMIL/\n-----END PRIVATE KEY-----\n", "is malformed"},
        {"-----BEGIN DSA PRIVATE KEY-----\nMAA=\n-----END DSA PRIVATE KEY-----\n", "is malformed"},
        {"-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n", "not that of"},
        {"-----BEGIN RSA PRIVATE KEY-----\nMIH/\n-----END RSA PRIVATE KEY-----\n", "not that of"},
        {"-----BEGIN RSA PRIVATE KEY-----\nMAMCAQE=\n-----END RSA PRIVATE KEY-----\n",
         "not that of"},
        {key_pem_of(Issued{nullptr, make_key(TestKey::ed448)}), "is malformed"},
    };
    for (const Case& each : cases) {
        folder.write("tls.key", each.text);
        expect("tls.key", each.words);
    }
}

TEST_F(RefusalTest, WantsACertificateThatClientsTake) {
    struct Case {
        Wish wish;
        std::string words;
    };

    const std::vector<Case> cases = {
        {{.not_before = today() + days(1)}, "is not valid before "},
        {{.not_after = today() - std::chrono::seconds(1)}, "expired on "},
        {{.key = TestKey::rsa_1024}, "its RSA key has 1024 bits"},
        {{.key = TestKey::secp256k1}, "on the curve secp256k1"},
        {{.key = TestKey::ed448}, "neither ECDSA nor RSA nor Ed25519"},
        {{.extended_key_usage = "clientAuth"}, "not for TLS servers"},
        {{.key_usage = "cRLSign"}, "not for TLS servers"},
        {{.key_usage = "keyEncipherment"}, "lacks digitalSignature"},
        {{.hash = "SHA1"}, "CN=leaf is signed with ecdsa-with-SHA1"},
    };
    for (const Case& each : cases) {
        write(each.wish);
        expect("tls.crt", each.words);
    }
}

TEST_F(RefusalTest, WantsIssuersWithAStrongSignature) {
    const Issued rsa =
        self_signed({.common_name = "rsa", .key = TestKey::rsa_2048, .role = Role::issuer});
    const Issued weak =
        issued_by(rsa, {.common_name = "weak", .role = Role::issuer, .hash = "MD5"});
    folder.write_pair("tls", make_leaf(weak, {"a.org"}), {&weak});
    expect("tls.crt", "CN=weak is signed with md5WithRSAEncryption");
}

TEST_F(RefusalTest, WantsTheChainInOrder) {
    const Issued stranger = self_signed({.common_name = "stranger", .role = Role::issuer});
    const Issued namesake = make_intermediate(root);
    const Issued alone = self_signed({.names = {"a.org"}});

    struct Case {
        const Issued& leaf;
        std::vector<const Issued*> issuers;
        std::string words;
    };

    const std::vector<Case> cases = {
        {leaf, {&root, &intermediate}, "CN=root is not the issuer of the one before it, CN=leaf"},
        {leaf, {&intermediate, &stranger}, "CN=stranger is not the issuer"},
        {leaf, {&stranger}, "CN=stranger is not the issuer"},
        {leaf, {&leaf, &intermediate}, "CN=leaf is not the issuer"},
        {leaf, {&intermediate, &intermediate}, "CN=intermediate is not the issuer"},
        {leaf, {&namesake}, "CN=intermediate is not the issuer"},
        {alone, {&root}, "CN=root is not the issuer"},
    };
    for (const Case& each : cases) {
        folder.write_pair("tls", each.leaf, each.issuers);
        expect("tls.crt", each.words);
    }
}

TEST_F(RefusalTest, WantsTheStapleOfTheCertificate) {
    const Issued other = make_leaf(intermediate, {"a.org"});

    struct Case {
        std::string content;
        std::string words;
    };

    const std::vector<Case> cases = {
        {"", "it is empty"},
        {"x", "it is no OCSP response in DER"},
        // OCSPResponse { tryLater } (RFC 6960 4.2.1)
        {"\x30\x03\x0a\x01\x03", "it said \"trylater\""},
        {std::string("\x30\x03\x0a\x01\x00", 5), "it is malformed"},
        {staple_for(other, intermediate), "about another certificate"},
        {staple_for(leaf, root), "about another certificate"},
        {staple_for(leaf, intermediate, {.status = V_OCSP_CERTSTATUS_REVOKED}), "is revoked"},
        {staple_for(leaf, intermediate, {.status = V_OCSP_CERTSTATUS_UNKNOWN}), "is unknown"},
    };
    for (const Case& each : cases) {
        folder.write("tls.ocsp", each.content);
        expect("tls.ocsp", each.words);
    }
}

}  // namespace
}  // namespace cloister::transport
