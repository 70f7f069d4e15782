// SPDX-License-Identifier: MIT
// For tests: a transport without a kernel. A test puts in what the peer sends, and says how much of
// the output the kernel has room for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "transport/transport.h"

namespace cloister::server {

class Wire final : public transport::Transport {
  public:
    // With `secure` it behaves as TLS does: shakes hands first, and takes over more output than the
    // kernel does.
    Wire(transport::Protocol agreed, bool secure)
        : shaken(!secure), agreed_(agreed), tls_(secure) {}

    transport::Io read(std::span<char> into) override {
        if (reset || (!shaken && ended)) {
            return {.bytes = 0, .state = transport::State::closed};
        }
        const std::size_t bytes = shaken ? std::min(inbound.size(), into.size()) : 0;
        std::copy_n(inbound.begin(), bytes, into.begin());
        inbound.erase(0, bytes);
        if (bytes == into.size()) {
            return {.bytes = bytes, .state = transport::State::ok};
        }
        const bool is_end = bytes == 0 && ended;
        return {.bytes = bytes,
                .state = is_end ? transport::State::closed : transport::State::again};
    }

    transport::Io write(base::Output& output, std::span<char> scratch) override {
        largest_output = std::max(largest_output, output.size());
        if (reset) {
            return {.bytes = 0, .state = transport::State::closed};
        }
        std::size_t bytes = flush();
        while (held_.empty() && !output.empty() && bytes < share) {
            const std::size_t most = tls_ ? scratch.size() : std::min(room, scratch.size());
            if (most == 0) {
                return {.bytes = bytes, .state = transport::State::again};
            }
            const std::size_t taken = output.copy_next(scratch.first(most));
            held_.assign(scratch.data(), taken);
            output.consume(taken);
            bytes += flush();
        }
        return {.bytes = bytes,
                .state = held_.empty() ? transport::State::ok : transport::State::again};
    }

    [[nodiscard]] bool has_unsent() const override { return !held_.empty(); }

    void end() override {}

    [[nodiscard]] transport::Protocol protocol() const override {
        return shaken ? agreed_ : transport::Protocol::undecided;
    }

    [[nodiscard]] bool is_secure() const override { return tls_; }

    [[nodiscard]] int descriptor() const override { return -1; }

    std::string inbound;           // sent by the peer and not read yet
    bool ended = false;            // the peer sends nothing more
    bool reset = false;            // the peer is gone
    bool shaken;                   // the handshake is over
    std::size_t room = SIZE_MAX;   // bytes that the kernel takes before it says no
    std::size_t share = SIZE_MAX;  // about so many bytes leave in one write()
    std::string sent;
    std::uint64_t largest_output = 0;  // bytes that have waited at once

  private:
    std::size_t flush() {
        const std::size_t bytes = std::min(room, held_.size());
        sent += held_.substr(0, bytes);
        held_.erase(0, bytes);
        room -= room == SIZE_MAX ? 0 : bytes;
        return bytes;
    }

    transport::Protocol agreed_;
    bool tls_;
    std::string held_;  // taken over, not sent yet
};

}  // namespace cloister::server
