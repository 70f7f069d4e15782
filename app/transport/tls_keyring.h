// SPDX-License-Identifier: MIT
// All certificates with their keys, and which of them answers for which name (SNI, RFC 6066 3):
// made before confinement, used by all loops, never changed.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace cloister::transport {

class TicketKeys;
struct TlsPair;

struct FreeTls {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* connection) const;
};

// The server's end of one TLS connection.
using TlsHandle = std::unique_ptr<ssl_st, FreeTls>;

class Keyring {
  public:
    // A name belongs to the first pair that has it in its certificate, and to the first one of
    // every other kind of key: so a client gets ECDSA, and an old one RSA. The first pair answers
    // those who name no host, or an unknown one. Each pair is tried in a handshake, which also
    // brings into memory whatever OpenSSL only looks for at its first use. `pairs` is not empty;
    // `tickets` outlives the keyring. Throws base::Failure naming the pair.
    Keyring(std::vector<TlsPair> pairs, TicketKeys& tickets);
    Keyring(const Keyring&) = delete;
    Keyring& operator=(const Keyring&) = delete;
    ~Keyring();

    // Throws std::bad_alloc.
    [[nodiscard]] TlsHandle make_connection() const;

    // What is wrong with the certificates, but lets the server start; each one line.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    // "2 certificates, the first of which expires on 2026-12-24"
    [[nodiscard]] std::string text() const;

  private:
    friend struct KeyringEvents;  // OpenSSL's callbacks

    using Context = std::unique_ptr<ssl_ctx_st, FreeTls>;
    using Choice = std::vector<std::size_t>;  // pairs of different kinds

    void choose_for_names();
    ssl_ctx_st* context_for(const Choice& choice, TicketKeys& tickets);
    [[nodiscard]] Context make_context(const Choice& choice, TicketKeys& tickets);
    void rehearse() const;
    [[nodiscard]] ssl_ctx_st* find(std::string_view name) const;

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    std::vector<TlsPair> pairs_;
    std::vector<std::string> warnings_;
    std::map<Choice, Context> contexts_;
    ssl_ctx_st* fallback_ = nullptr;  // of contexts_
    std::unordered_map<std::string, Choice, Hash, std::equal_to<>> choices_;
    std::unordered_map<std::string, ssl_ctx_st*, Hash, std::equal_to<>> by_name_;
};

}  // namespace cloister::transport
