// SPDX-License-Identifier: MIT
#include "systemd/notify_socket.h"

#include <gtest/gtest.h>

#include <string>

#include "base/check.h"

namespace cloister::systemd {
namespace {

// "STATUS: MESSAGE" of the refusal, or "" if there is none.
std::string refusal(const std::string& address) {
    try {
        connect_notify_socket(address);
    } catch (const base::Failure& failure) {
        return std::to_string(failure.exit_status()) + ": " + failure.what();
    }
    return "";
}

TEST(NotifySocket, RefusesAMalformedAddress) {
    for (const char* const address :
         {"", "/", "@", "relative", "tcp:1:2", "vsock", "vsock:", "vsock:2", "vsock:2:", "vsock::1",
          "vsock:2:x", "vsock:-1:1", "vsock:4294967295:1", "vsock:2:4294967295",
          "vsock:4294967296:1", "vsock:2:1:3", "vsock-dgram:2", "vsock-raw:2:1"}) {
        EXPECT_EQ(refusal(address), "78: NOTIFY_SOCKET=\"" + std::string(address) +
                                        "\": neither a path, @name nor vsock:CID:PORT; "
                                        "let the service manager set it, or unset it");
    }
}

TEST(NotifySocket, RefusesVsockStreamsWhichTakeAConnectionForEachMessage) {
    for (const char* const address : {"vsock-stream:2:1", "vsock-seqpacket:2:1"}) {
        EXPECT_NE(refusal(address).find("it wants a connection for each message"),
                  std::string::npos);
    }
}

TEST(NotifySocket, TakesVsockDatagramsWhereTheMachineHasThem) {
    for (const char* const address : {"vsock:2:9999", "vsock-dgram:2:9999"}) {
        const std::string message = refusal(address);
        const bool understood = message.empty() || message.starts_with("69: NOTIFY_SOCKET=");
        EXPECT_TRUE(understood) << message;
    }
}

TEST(NotifySocket, NamesAManagerThatCannotBeReached) {
    for (const std::string address : {"/nonexistent/notify", "@nobody-listens-here"}) {
        const std::string beginning = "69: NOTIFY_SOCKET=\"" + address + "\": cannot connect: ";
        EXPECT_EQ(refusal(address).substr(0, beginning.size()), beginning);
    }
}

}  // namespace
}  // namespace cloister::systemd
