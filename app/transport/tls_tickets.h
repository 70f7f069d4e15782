// SPDX-License-Identifier: MIT
// The keys of TLS session tickets (RFC 5077; RFC 8446 4.6.1), with which a client that was here
// before resumes without a full handshake: shared by all loops, replaced in every epoch of
// limits::ticket_key_time, accepted for one epoch more, and able to outlive the process. As each
// epoch's keys follow from those before, a process restored from an old state has the same keys as
// one that has run ever since.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "transport/tls_ticket_key.h"
#include "transport/tls_wiped.h"

struct evp_cipher_st;  // OpenSSL's
struct ssl_ctx_st;

namespace cloister::transport {

// All calls may come from several threads at once; they take one std::mutex and open nothing.
class TicketKeys {
  public:
    using Time = std::chrono::system_clock::time_point;

    // What outlives the process: "CLTK", a version (4 bytes), the current epoch (8), the chain key
    // of the epoch before it (32), from which the current one follows; numbers little-endian.
    static constexpr std::size_t state_bytes = 48;
    using State = Wiped<state_bytes>;

    // Keys that nobody ever had. Throws base::Failure (EX_SOFTWARE) if OpenSSL lacks an algorithm
    // or random bytes.
    static std::unique_ptr<TicketKeys> fresh(Time now);

    // The keys of `state`, stepped forward to `now` (see current()). Null unless `state` is
    // state_bytes long, ours and of our version. Throws as fresh() does.
    static std::unique_ptr<TicketKeys> restored(std::span<const std::byte> state, Time now);

    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;
    ~TicketKeys();

    [[nodiscard]] State serialised() const;

    // Whether `state` is what serialised() gives: then it need not be stored again. An older one
    // would restore the same keys, but keeps those of past epochs alive.
    [[nodiscard]] bool matches(std::span<const std::byte> state) const;

    // Makes `context` use these keys by the system clock, SSL_CTX_set_tlsext_ticket_key_evp_cb(3);
    // for every context that SNI may choose, since one without gives no tickets. *this must outlive
    // it and its connections. Throws std::bad_alloc.
    void install(ssl_ctx_st* context);

    // The key for tickets made at `now`, after what is older than the previous key was wiped. A
    // clock that goes back changes nothing; one more than limits::ticket_key_step_count epochs away
    // in either direction draws new keys. Nothing if OpenSSL fails, for lack of memory.
    std::optional<TicketKey> current(Time now);

    struct Found {
        TicketKey key;
        bool is_current = false;  // else it is the previous one: replace the ticket
    };

    // The key `name`, if at `now` it is current or previous.
    std::optional<Found> find(const TicketName& name, Time now);

    // AES-256-CBC, looked up once; owned here.
    [[nodiscard]] const evp_cipher_st* cipher() const { return cipher_.get(); }

  private:
    struct Free {
        void operator()(evp_cipher_st* cipher) const;
    };

    TicketKeys();
    bool start_from(const ChainKey& previous, std::int64_t epoch);
    bool draw(std::int64_t epoch);
    bool step_to(Time now);

    std::unique_ptr<evp_cipher_st, Free> cipher_;
    mutable std::mutex mutex_;  // guards all below
    TicketDerivation derivation_;
    std::int64_t epoch_ = 0;  // the number of current_, counted from 1970
    TicketEpoch current_;
    TicketEpoch previous_;
};

}  // namespace cloister::transport
