// SPDX-License-Identifier: MIT
// Writing through TLS.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <string>

#include "base/check.h"
#include "base/limits.h"
#include "transport/test_tls_client.h"
#include "transport/tls.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

base::Fd file_of(std::string_view content) {
    base::Fd file(base::check(::memfd_create("test", MFD_CLOEXEC), "make a file"));
    base::check(::write(file.get(), content.data(), content.size()), "write a file");
    return file;
}

std::string big_text(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t index = 0; index < size; ++index) {
        text[index] = static_cast<char>('a' + index % 23);
    }
    return text;
}

// A line whose handshake is over.
class TlsWriteTest : public testing::TestWithParam<int> {
  protected:
    TlsWriteTest() {
        line.settle();
        line.client->raw.clear();
        line.client->packets = 0;
    }

    void make_buffer_small() const {
        const int small = 1;  // The kernel makes it its minimum.
        base::check(
            ::setsockopt(line.server->descriptor(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small),
            "make the buffer small");
    }

    Io write(base::Output& output) { return line.server->write(output, scratch); }

    // Until the peer has everything. Returns how many bytes the kernel took.
    std::size_t write_all(base::Output& output) {
        std::size_t taken = 0;
        while (!output.empty() || line.server->has_unsent()) {
            const Io io = write(output);
            taken += io.bytes;
            if (io.state == State::closed) {
                ADD_FAILURE() << "closed";
                break;
            }
            crowded += io.state == State::again ? 1 : 0;
            EXPECT_EQ(io.state == State::again, line.server->has_unsent());
            line.client->step();
        }
        line.client->step();
        return taken;
    }

    ClientWish wish{.least_version = GetParam(), .most_version = GetParam()};
    Line line{example_keyring(), wish};
    std::array<char, 65536> scratch{};
    int crowded = 0;  // times that the kernel took no more
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsWriteTest, testing::ValuesIn(versions));

TEST_P(TlsWriteTest, SendsEveryKindOfPieceInOrder) {
    const base::Fd file = file_of("0123456789");
    const std::string big = big_text(40000);
    base::Output output;
    output.append("text,");
    output.lend("lent,");
    output.lend(big);
    output.give("owned,");
    output.append_file(file.get(), 2, 3);
    output.lend(big);
    output.append_file(file.get(), 0, 10);
    output.append(",text");
    write_all(output);
    EXPECT_TRUE(output.empty());
    EXPECT_EQ(line.client->text, "text,lent," + big + "owned,234" + big + "0123456789,text");
}

TEST_P(TlsWriteTest, OfNothingIsOk) {
    base::Output output;
    const Io io = write(output);
    EXPECT_EQ(io.state, State::ok);
    EXPECT_EQ(io.bytes, 0U);
}

TEST_P(TlsWriteTest, GoesOnWhereAFullSocketStoppedIt) {
    make_buffer_small();
    const std::string big = big_text(10 * base::limits::mib);
    const base::Fd file = file_of(big);
    base::Output output;
    output.append("begin");
    output.lend(big);
    output.append_file(file.get(), 0, big.size());
    output.give(big);
    output.append("end");
    const std::size_t taken = write_all(output);
    EXPECT_GT(crowded, 0);
    EXPECT_EQ(taken, line.client->raw.size());
    EXPECT_TRUE(line.client->text == "begin" + big + big + big + "end");
}

TEST_P(TlsWriteTest, SendsTheRestWithoutNewOutput) {
    make_buffer_small();
    base::Output output;
    output.give(big_text(60000));
    Io io = write(output);
    ASSERT_EQ(io.state, State::again);
    ASSERT_TRUE(output.empty());
    ASSERT_TRUE(line.server->has_unsent());
    EXPECT_GT(write_all(output), 0U);
    EXPECT_FALSE(line.server->has_unsent());
    EXPECT_EQ(line.client->text.size(), 60000U);
}

TEST_P(TlsWriteTest, GivesOthersATurnAfterItsShare) {
    base::Output output;
    output.give(big_text(base::limits::mib));
    std::array<char, 100> small{};
    const Io io = line.server->write(output, small);
    EXPECT_EQ(io.state, State::ok);
    EXPECT_FALSE(output.empty());
    EXPECT_GT(io.bytes, 0U);
}

TEST_P(TlsWriteTest, SendsASmallAnswerAtOnce) {
    Line other(example_keyring(), wish, SOCK_SEQPACKET);
    other.settle();
    ASSERT_TRUE(other.client->is_connected());
    other.client->packets = 0;
    const base::Fd file = file_of(std::string(2000, 'f'));
    base::Output output;
    output.append("head");
    output.lend("body");
    output.append_file(file.get(), 0, 2000);
    other.write(output);
    other.client->step();
    EXPECT_EQ(other.client->text.size(), 2008U);
    EXPECT_EQ(other.client->packets, 1U);
}

// Several records, but one call of send(2).
TEST_P(TlsWriteTest, SendsSeveralRecordsAtOnce) {
    Line other(example_keyring(), wish, SOCK_SEQPACKET);
    other.settle();
    other.client->packets = 0;
    other.write(big_text(60000));
    other.client->step();
    EXPECT_EQ(other.client->packets, 1U);
    EXPECT_EQ(other.client->text.size(), 60000U);
}

// The server's first flight and, over TLS 1.3, the tickets, which are its second.
TEST_P(TlsWriteTest, SendsAFlightOfTheHandshakeAtOnce) {
    Line other(example_keyring(), wish, SOCK_SEQPACKET);
    other.settle();
    ASSERT_TRUE(other.client->is_connected());
    EXPECT_EQ(other.client->packets, 2U);
}

// The length was promised in the head: an answer that cannot be completed must not look complete.
TEST_P(TlsWriteTest, SaysClosedWhenAFileHasBecomeShorter) {
    const base::Fd file = file_of("0123456789");
    base::check(::ftruncate(file.get(), 4), "truncate");
    base::Output output;
    output.append_file(file.get(), 0, 10);
    EXPECT_EQ(write(output).state, State::closed);
    line.server->end();
    line.client->step();
    EXPECT_FALSE(line.client->was_told_the_end());
}

TEST_P(TlsWriteTest, SaysClosedWithoutASignalWhenThePeerHasGone) {
    line.client->close();
    EXPECT_EQ(line.write("text").state, State::closed);  // SIGPIPE would end this process.
    EXPECT_EQ(line.write("more").state, State::closed);
    EXPECT_FALSE(line.server->has_unsent());
    line.server->end();
}

TEST_P(TlsWriteTest, SaysClosedWhenThePeerGoesWhileItWaits) {
    base::Output output;
    output.give(big_text(base::limits::mib));
    while (write(output).state == State::ok) {
    }
    line.client->close();
    EXPECT_EQ(write(output).state, State::closed);
}

TEST_P(TlsWriteTest, ReadsWhileOutputWaits) {
    base::Output output;
    output.give(big_text(base::limits::mib));
    while (write(output).state == State::ok) {
    }
    line.client->write("meanwhile");
    line.client->send(line.client->records());
    line.read();
    EXPECT_EQ(line.received, "meanwhile");
    EXPECT_TRUE(line.server->has_unsent());
    write_all(output);
    EXPECT_EQ(line.client->text.size(), base::limits::mib);
}

}  // namespace
}  // namespace cloister::transport
