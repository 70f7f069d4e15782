// SPDX-License-Identifier: MIT
// The socket below a TLS connection, as OpenSSL reads and writes it (BIO_meth_new(3)). OpenSSL's
// own would make one system call more for each record; this one never asks a socket that has just
// been emptied, and sends several records at once, by recv(2) and write(2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/fd.h"
#include "transport/transport.h"

struct bio_st;
struct ssl_st;

namespace cloister::transport {

class Wire {
  public:
    // `socket` is connected and non-blocking. SIGPIPE must be blocked: write(2) raises it when the
    // peer is gone.
    explicit Wire(base::Fd socket) : socket_(std::move(socket)) {}

    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    // Puts itself below `tls`, which must not outlive it. Throws std::bad_alloc.
    void attach(ssl_st* tls);

    // Lets OpenSSL ask the kernel again. To be called before each attempt to read.
    void refresh() { drained_ = false; }

    // OpenSSL wanted more after a read that had emptied the socket: the kernel was not asked, so
    // that an end behind the last byte is not known yet.
    [[nodiscard]] bool was_spared() const { return spared_; }

    // While held, what OpenSSL writes is kept for flush(); otherwise it is sent at once, as far as
    // the kernel takes it.
    void hold(bool held) { held_ = held; }

    // As if the peer had gone.
    void give_up() { closed_ = true; }

    // Sends what is kept: `again` if the kernel does not take all, `closed` if the peer is gone.
    State flush();

    // Bytes that the kernel has taken since the beginning.
    [[nodiscard]] std::uint64_t sent_bytes() const { return sent_bytes_; }

    [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }

    [[nodiscard]] std::size_t unsent_bytes() const { return unsent_.size(); }

    [[nodiscard]] int descriptor() const { return socket_.get(); }

  private:
    friend struct WireMethod;

    // Of a BIO method: bytes, or -1.
    int read(bio_st* bio, char* into, int size);
    int write(bio_st* bio, const char* bytes, int size);
    std::size_t send(const char* bytes, std::size_t size);

    base::Fd socket_;
    std::string unsent_;  // records that the kernel has not taken
    std::uint64_t sent_bytes_ = 0;
    bool closed_ = false;
    bool drained_ = false;
    bool spared_ = false;
    bool held_ = false;
};

}  // namespace cloister::transport
