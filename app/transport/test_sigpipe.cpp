// SPDX-License-Identifier: MIT
// As in the server, SIGPIPE is blocked for good: write(2) and sendfile(2) raise it.
#include <gtest/gtest.h>

#include <csignal>

namespace cloister::transport {
namespace {

class SigpipeBlocked : public testing::Environment {
    void SetUp() override {
        sigset_t pipe{};
        ::sigemptyset(&pipe);
        ::sigaddset(&pipe, SIGPIPE);
        ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &pipe, nullptr), 0);
    }
};

// GoogleTest owns it.
[[maybe_unused]] const testing::Environment* const blocked =
    testing::AddGlobalTestEnvironment(new SigpipeBlocked);

}  // namespace
}  // namespace cloister::transport
