// SPDX-License-Identifier: MIT
#include "transport/tls_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "transport/test_certificates.h"
#include "transport/test_failure.h"

namespace cloister::transport {
namespace {

using test::AsNobody;
using test::Complaint;
using test::complaint_of;
using test::PairFolder;

// The labels of all pairs, in order, each with a space behind it.
std::string labels_in(const PairFolder& folder) {
    std::string labels;
    for (const PairFiles& files : pairs_in(folder.path())) {
        labels += label_of(files) + " ";
    }
    return labels;
}

void write_all(const PairFolder& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        folder.write(name, "x");
    }
}

TEST(PairsIn, IsEmptyForAnEmptyFolder) {
    const PairFolder folder;
    EXPECT_TRUE(pairs_in(folder.path()).empty());
}

TEST(PairsIn, FindsACertificateWithItsKey) {
    const PairFolder folder;
    write_all(folder, {"tls.crt", "tls.key"});
    const std::vector<PairFiles> pairs = pairs_in(folder.path());
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_EQ(pairs[0].certificate, folder.at("tls.crt"));
    EXPECT_EQ(pairs[0].key, folder.at("tls.key"));
    EXPECT_EQ(pairs[0].staple, "");
}

TEST(PairsIn, FindsTheStaple) {
    const PairFolder folder;
    write_all(folder, {"tls.crt", "tls.key", "tls.ocsp", "b.crt", "b.key", "c.ocsp"});
    const std::vector<PairFiles> pairs = pairs_in(folder.path());
    ASSERT_EQ(pairs.size(), 2U);
    EXPECT_EQ(pairs[0].staple, folder.at("tls.ocsp"));
    EXPECT_EQ(pairs[1].staple, "");
}

TEST(PairsIn, BeginsWithTheOneCalledTls) {
    const PairFolder folder;
    write_all(folder,
              {"b.org.crt", "b.org.key", "tls.crt", "tls.key", "a.crt", "a.key", "z.crt", "z.key"});
    EXPECT_EQ(labels_in(folder), "tls a b.org z ");
}

// LoadCredential=tls:/etc/cloister/tls passes the file shop.crt of that folder as tls_shop.crt.
TEST(PairsIn, KnowsAFolderThatSystemdPassed) {
    const PairFolder folder;
    write_all(folder, {"tls_b.crt", "tls_b.key", "tls_tls.crt", "tls_tls.key"});
    EXPECT_EQ(labels_in(folder), "tls b ");
}

TEST(PairsIn, IgnoresOtherCredentials) {
    const PairFolder folder;
    write_all(folder,
              {"a.crt", "a.key", "password", "b.pem", "crt", ".crt", ".b.key", "c.crt.old"});
    EXPECT_EQ(labels_in(folder), "a ");
}

TEST(PairsIn, RefusesACertificateWithoutKey) {
    const PairFolder folder;
    write_all(folder, {"a.crt", "a.key", "b.crt"});
    const Complaint complaint = complaint_of([&] { pairs_in(folder.path()); });
    EXPECT_EQ(complaint.exit_status, EX_CONFIG);
    EXPECT_EQ(complaint.text,
              folder.at("b.crt") + ": this certificate has no key beside it; pass it as b.key");
}

TEST(PairsIn, RefusesAKeyWithoutCertificate) {
    const PairFolder folder;
    write_all(folder, {"a.crt", "a.key", "b.key"});
    const Complaint complaint = complaint_of([&] { pairs_in(folder.path()); });
    EXPECT_EQ(complaint.exit_status, EX_CONFIG);
    EXPECT_EQ(complaint.text,
              folder.at("b.key") + ": this key has no certificate beside it; pass it as b.crt");
}

TEST(PairsIn, NamesAFolderThatCannotBeListed) {
    const PairFolder folder;
    folder.write("file", "x");
    EXPECT_EQ(::mkdir(folder.at("closed").c_str(), 0000), 0);

    struct Case {
        std::string name;
        int exit_status;
    };

    for (const Case& each :
         {Case{"absent", EX_NOINPUT}, {"file", EX_CONFIG}, {"closed", EX_NOPERM}}) {
        const AsNobody as_nobody;
        const Complaint complaint = complaint_of([&] { pairs_in(folder.at(each.name)); });
        EXPECT_EQ(complaint.exit_status, each.exit_status) << complaint.text;
        EXPECT_TRUE(complaint.text.starts_with(folder.at(each.name) + ": ")) << complaint.text;
        EXPECT_TRUE(complaint.has("LoadCredential=")) << complaint.text;
    }
}

TEST(PairOf, FindsTheStapleBesideTheCertificate) {
    const PairFolder folder;
    write_all(folder, {"full.chain.pem", "full.chain.ocsp"});
    const PairFiles files = pair_of(folder.at("full.chain.pem"), "/elsewhere/key.pem");
    EXPECT_EQ(files.certificate, folder.at("full.chain.pem"));
    EXPECT_EQ(files.key, "/elsewhere/key.pem");
    EXPECT_EQ(files.staple, folder.at("full.chain.ocsp"));
    EXPECT_EQ(label_of(files), "full.chain");
}

TEST(PairOf, HasNoStapleIfThereIsNone) {
    const PairFolder folder;
    write_all(folder, {"a.crt", "odd.ocsp"});
    EXPECT_EQ(pair_of(folder.at("a.crt"), "a.key").staple, "");
    EXPECT_EQ(pair_of(folder.at("odd.ocsp"), "odd.key").staple, "");
    EXPECT_EQ(pair_of(folder.at("absent.crt"), "absent.key").staple, "");
}

}  // namespace
}  // namespace cloister::transport
