// SPDX-License-Identifier: MIT
// TCP or a unix socket without encryption: recv(2), write(2) and sendfile(2).
#pragma once

#include "base/fd.h"
#include "transport/transport.h"

namespace cloister::transport {

class Plain final : public Transport {
  public:
    // `socket` is connected and non-blocking. SIGPIPE must be blocked: write(2) raises it when the
    // peer is gone.
    explicit Plain(base::Fd socket) : socket_(std::move(socket)) {}

    Io read(std::span<char> into) override;
    Io write(base::Output& output, std::span<char> scratch) override;

    [[nodiscard]] bool has_unsent() const override { return false; }

    // Only shutdown(2) could say so, and that would end a listener just as well: it is not among
    // the calls that remain.
    void end() override {}

    [[nodiscard]] Protocol protocol() const override { return Protocol::http1; }

    [[nodiscard]] bool is_secure() const override { return false; }

    [[nodiscard]] int descriptor() const override { return socket_.get(); }

  private:
    base::Fd socket_;
};

}  // namespace cloister::transport
