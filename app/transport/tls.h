// SPDX-License-Identifier: MIT
// TLS 1.2 and 1.3 on a connection (RFC 5246, RFC 8446): the handshake inside the loop, records as
// large as the protocol allows, and one system call for as many of them as are ready.
#pragma once

#include <memory>

#include "transport/tls_keyring.h"
#include "transport/tls_wire.h"
#include "transport/transport.h"

namespace cloister::transport {

class Tls final : public Transport {
  public:
    // `socket` is connected and non-blocking; `keyring` outlives the connection. Throws
    // std::bad_alloc.
    Tls(base::Fd socket, const Keyring& keyring);

    Io read(std::span<char> into) override;
    Io write(base::Output& output, std::span<char> scratch) override;

    [[nodiscard]] bool has_unsent() const override { return wire_.has_unsent(); }

    // Sends close_notify (RFC 8446 6.1).
    void end() override;

    [[nodiscard]] Protocol protocol() const override { return protocol_; }

    [[nodiscard]] bool is_secure() const override { return true; }

    [[nodiscard]] int descriptor() const override { return wire_.descriptor(); }

  private:
    static void note_message(int is_ours, int version, int kind, const void* bytes,
                             std::size_t size, ssl_st* tls, void* self) noexcept;
    State read_some(std::span<char> into, std::size_t& bytes);
    bool encrypt(base::Output& output, std::span<char> scratch);
    void note_protocol();

    Wire wire_;  // before tls_, which writes to it until its end
    TlsHandle tls_;
    Protocol protocol_ = Protocol::undecided;
    bool failed_ = false;  // OpenSSL allows nothing more on this connection
    bool ended_ = false;
    std::size_t handshake_messages_ = 0;  // that the peer has sent
};

}  // namespace cloister::transport
