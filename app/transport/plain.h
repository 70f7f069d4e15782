// SPDX-License-Identifier: MIT
// TCP or a unix socket without encryption: recv(2), send(2) and sendfile(2).
#pragma once

#include "base/fd.h"
#include "transport/transport.h"

namespace cloister::transport {

class Plain final : public Transport {
  public:
    // `socket` is connected and non-blocking.
    explicit Plain(base::Fd socket) : socket_(std::move(socket)) {}

    Io read(std::span<char> into) override;
    Io write(base::Output& output) override;

    [[nodiscard]] int descriptor() const override { return socket_.get(); }

  private:
    base::Fd socket_;
};

}  // namespace cloister::transport
