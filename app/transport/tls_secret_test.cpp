// SPDX-License-Identifier: MIT
#include "transport/tls_secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "transport/test_certificates.h"
#include "transport/test_failure.h"

namespace cloister::transport {
namespace {

using test::AsNobody;
using test::Complaint;
using test::complaint_of;
using test::PairFolder;

TEST(Secret, IsAsLongAsItWasMade) {
    const Secret secret(3);
    EXPECT_EQ(secret.text(), std::string_view("\0\0\0", 3));
    EXPECT_TRUE(Secret().bytes().empty());
}

TEST(Secret, PassesItsBytesOn) {
    Secret first(2);
    first.bytes()[0] = 'a';
    Secret second(std::move(first));
    Secret third(1);
    third = std::move(second);
    EXPECT_EQ(third.text(), std::string_view("a\0", 2));
}

TEST(Secret, ForgetsWhatItIsShortenedBy) {
    Secret secret(3);
    secret.shorten(1);
    EXPECT_EQ(secret.text().size(), 1U);
    EXPECT_EQ(secret.bytes().size(), 1U);
}

TEST(ReadFile, ReadsTheWholeOfTheLargestFile) {
    const PairFolder folder;
    const std::string content(base::limits::tls_file_bytes, 'x');
    folder.write("a", content);
    EXPECT_EQ(read_file(folder.at("a")).text(), content);
}

TEST(ReadFile, RefusesOneByteMore) {
    const PairFolder folder;
    folder.write("a", std::string(base::limits::tls_file_bytes + 1, 'x'));
    const Complaint complaint = complaint_of([&] { read_file(folder.at("a")); });
    EXPECT_EQ(complaint.exit_status, EX_CONFIG);
    EXPECT_TRUE(complaint.has(folder.at("a") + ": it has more than 1048576 bytes"))
        << complaint.text;
}

TEST(ReadFile, NamesWhatItCannotRead) {
    const PairFolder folder;
    folder.write("empty", "");
    folder.write("closed", "x", 0000);
    EXPECT_EQ(::mkdir(folder.at("folder").c_str(), 0755), 0);
    EXPECT_EQ(::mkfifo(folder.at("fifo").c_str(), 0644), 0);
    EXPECT_EQ(::chmod(folder.at("empty").c_str(), 0644), 0);

    struct Case {
        std::string name;
        int exit_status;
        std::string words;
    };

    const std::vector<Case> cases = {
        {"absent", EX_NOINPUT, "No such file or directory; put it there"},
        {"empty/absent", EX_NOINPUT, "Not a directory; put it there"},
        {"closed", EX_NOPERM, "Permission denied; pass it with LoadCredential="},
        {"folder", EX_CONFIG, "it is a directory; name the file in it"},
        {"fifo", EX_CONFIG, "it is not a regular file; copy"},
        {"empty", EX_CONFIG, "it is empty; write it again"},
    };
    for (const Case& each : cases) {
        const AsNobody as_nobody;
        const Complaint complaint = complaint_of([&] { read_file(folder.at(each.name)); });
        EXPECT_EQ(complaint.exit_status, each.exit_status) << complaint.text;
        EXPECT_TRUE(complaint.has(folder.at(each.name) + ": " + each.words)) << complaint.text;
    }
}

TEST(ReadSecret, RefusesAFileThatOthersMayUse) {
    const PairFolder folder;
    for (const mode_t mode : {0604U, 0602U, 0601U, 0644U}) {
        folder.write("a", "x", mode);
        const Complaint complaint = complaint_of([&] { read_secret(folder.at("a")); });
        EXPECT_EQ(complaint.exit_status, EX_NOPERM);
        EXPECT_TRUE(complaint.has(folder.at("a") + ": everybody")) << complaint.text;
        EXPECT_TRUE(complaint.has("chmod o= " + folder.at("a"))) << complaint.text;
    }
}

TEST(ReadSecret, ReadsWhatItsGroupMayRead) {
    const PairFolder folder;
    for (const mode_t mode : {0400U, 0440U, 0600U, 0660U}) {
        folder.write("a" + std::to_string(mode), "x", mode);
        EXPECT_EQ(read_secret(folder.at("a" + std::to_string(mode))).text(), "x");
    }
}

}  // namespace
}  // namespace cloister::transport
