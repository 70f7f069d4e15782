// SPDX-License-Identifier: MIT
// For tests: a client of OpenSSL's at one end of a connection and the transport at the other.
// Between the client and its socket there is memory, so that a test may hold back what it sends,
// cut it, or send something else.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "transport/test_certificates.h"
#include "transport/tls.h"
#include "transport/tls_handles.h"
#include "transport/tls_pair.h"
#include "transport/tls_tickets.h"

namespace cloister::transport::test {

using Session = Owned<SSL_SESSION, ::SSL_SESSION_free>;

// What the client offers; empty: as OpenSSL does.
struct ClientWish {
    int least_version = TLS1_2_VERSION;
    int most_version = TLS1_3_VERSION;
    std::string host = {};           // SNI; empty: none
    std::string protocols = {};      // ALPN, each with its length before it
    std::string suites = {};         // of TLS 1.3
    std::string ciphers = {};        // of the versions before
    std::string groups = {};         // the first is the one whose key it sends
    std::string signatures = {};     // schemes
    SSL_SESSION* session = nullptr;  // to resume
    bool wants_staple = false;
};

class TlsClient {
  public:
    // `socket` is connected and non-blocking. Throws std::runtime_error if OpenSSL refuses.
    TlsClient(base::Fd socket, const ClientWish& wish);
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    [[nodiscard]] SSL* tls() const { return tls_.get(); }

    // Takes what has come, goes on with the handshake, decrypts, and sends its records. True if any
    // bytes crossed the socket.
    bool step();

    // The parts of step(), for those who meddle.
    bool receive();               // from the socket
    void think();                 // shakes hands, decrypts
    std::string records();        // what it would send
    bool send(std::string_view);  // false if the socket does not take all

    // Encrypts; the records wait for step() or records().
    void write(std::string_view text) const;

    void close() { socket_ = base::Fd(); }

    void end_sending() const;  // shutdown(2)

    [[nodiscard]] bool is_connected() const { return SSL_is_init_finished(tls_.get()) == 1; }

    [[nodiscard]] bool was_told_the_end() const;  // by close_notify
    [[nodiscard]] std::string protocol() const;   // of ALPN
    [[nodiscard]] std::string staple() const;
    [[nodiscard]] Session session() const;  // to be resumed

    static constexpr int no_alert = -1;

    std::string text;             // decrypted
    std::string raw;              // as it came
    std::size_t packets = 0;      // that recv(2) gave
    int alert = no_alert;         // the last that came (RFC 8446 6)
    bool ended = false;           // the socket has
    bool keeps_raw_only = false;  // OpenSSL gets nothing of it

  private:
    base::Fd socket_;
    SslSettings settings_;
    SslConnection tls_;
    std::string unsent_;
};

// Both ends.
struct Line {
    explicit Line(const Keyring& keyring, const ClientWish& wish = {}, int type = SOCK_STREAM);

    // Lets both go on until neither has anything to do. Fails the test if that does not happen.
    void settle();

    // As the server's loop does: until the transport has no more. True if something happened.
    bool read();

    // Until all has left or the peer must read first.
    Io write(base::Output& output);
    Io write(std::string_view text);

    std::unique_ptr<Tls> server;
    std::unique_ptr<TlsClient> client;
    std::string received;     // by the server
    State state = State::ok;  // of its last read
};

// Loads what Issued was written to files.
TlsPair pair_of(const Issued& leaf, const std::vector<const Issued*>& issuers = {},
                const std::string& label = "tls", const std::string& staple = {});

// Keys that all tests may share: those are about other things.
TicketKeys& ticket_keys();

// One pair, for example.org and its subdomains, on P-256.
const Keyring& example_keyring();

}  // namespace cloister::transport::test
