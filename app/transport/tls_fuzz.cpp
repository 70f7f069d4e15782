// SPDX-License-Identifier: MIT
// Any bytes from a peer of TLS, in any portions: reading never goes round without reading, and ends
// when the peer does. The first byte says how the peer begins, the second how its bytes are cut.
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/output.h"
#include "transport/tls.h"
#include "transport/tls_handles.h"
#include "transport/tls_keyring.h"
#include "transport/tls_pair.h"
#include "transport/tls_tickets.h"

namespace {

using namespace cloister::transport;

using cloister::base::Fd;
using cloister::base::Output;

void must(bool done) {
    if (!done) {
        std::abort();
    }
}

TlsPair make_pair() {
    TlsPair pair;
    pair.label = "fuzz";
    pair.key.reset(EVP_EC_gen("P-256"));
    Certificate leaf(::X509_new());
    constexpr long day_seconds = 24L * 60 * 60;
    ::X509_gmtime_adj(::X509_getm_notBefore(leaf.get()), -day_seconds);
    ::X509_gmtime_adj(::X509_getm_notAfter(leaf.get()), day_seconds);
    ::X509_set_pubkey(leaf.get(), pair.key.get());
    must(::X509_sign(leaf.get(), pair.key.get(), ::EVP_sha256()) > 0);
    pair.chain.leaf = std::move(leaf);
    pair.chain.issuers.reset(sk_X509_new_null());
    pair.chain.names = {"example.org", "*.example.org"};
    return pair;
}

const Keyring& keyring() {
    static const auto keys = TicketKeys::fresh(std::chrono::system_clock::now());
    static const Keyring made = [] {
        std::vector<TlsPair> pairs;
        pairs.push_back(make_pair());
        return Keyring(std::move(pairs), *keys);
    }();
    return made;
}

// The server's end, and the peer's socket.
class Peer {
  public:
    Peer() : Peer(ends()) {}

    // Sends, and lets the server read all of it.
    void send(std::string_view bytes) {
        must(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0 || closed());
        read();
    }

    // Until the server has no more. Between two that bring nothing it must ask the kernel.
    void read() {
        std::array<char, 65536> buffer{};
        int idle = 0;
        Io io;
        do {
            io = server_.read(buffer);
            must(io.bytes <= buffer.size());
            idle = io.bytes == 0 ? idle + 1 : 0;
            must(idle <= 2);
        } while (io.state == State::ok);
        closed_ = closed_ || io.state == State::closed;
    }

    [[nodiscard]] std::string received() const {
        std::array<char, 65536> buffer{};
        const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

    [[nodiscard]] bool closed() const { return closed_; }

    // Answers if it can, and ends.
    void end() {
        std::array<char, 4096> scratch{};
        Output output;
        output.give(std::string(20000, 'x'));
        if (server_.protocol() != Protocol::undecided) {
            server_.write(output, scratch);
        }
        server_.end();
        must(::shutdown(socket_.get(), SHUT_WR) == 0);
        read();
        must(closed());
        must(server_.write(output, scratch).state != State::again || server_.has_unsent());
    }

  private:
    static std::array<int, 2> ends() {
        std::array<int, 2> made{};
        must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made.data()) ==
             0);
        return made;
    }

    explicit Peer(std::array<int, 2> ends) : server_(Fd(ends[0]), keyring()), socket_(ends[1]) {}

    Tls server_;
    Fd socket_;
    bool closed_ = false;
};

// A client of OpenSSL's, in memory.
class Client {
  public:
    explicit Client(int version)
        : settings_(::SSL_CTX_new(::TLS_client_method())), tls_(::SSL_new(settings_.get())) {
        SSL_set_min_proto_version(tls_.get(), version);
        SSL_set_max_proto_version(tls_.get(), version);
        ::SSL_set_bio(tls_.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
        ::SSL_set_connect_state(tls_.get());
    }

    // What it sends after `bytes` have come.
    [[nodiscard]] std::string flight(const std::string& bytes) const {
        ::BIO_write(::SSL_get_rbio(tls_.get()), bytes.data(), static_cast<int>(bytes.size()));
        ::SSL_do_handshake(tls_.get());
        return drain();
    }

    [[nodiscard]] std::string encrypted(std::string_view text) const {
        must(::SSL_write(tls_.get(), text.data(), static_cast<int>(text.size())) > 0);
        return drain();
    }

  private:
    [[nodiscard]] std::string drain() const {
        std::array<char, 65536> buffer{};
        const int count =
            ::BIO_read(::SSL_get_wbio(tls_.get()), buffer.data(), static_cast<int>(buffer.size()));
        return {buffer.data(), static_cast<std::size_t>(std::max(count, 0))};
    }

    SslSettings settings_;
    SslConnection tls_;
};

void send_in_parts(Peer& peer, std::string_view bytes, std::size_t step) {
    while (!bytes.empty() && !peer.closed()) {
        peer.send(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
    }
}

void shake_hands(Peer& peer, const Client& client, std::size_t step) {
    for (int flight = 0; flight < 3; ++flight) {
        send_in_parts(peer, client.flight(peer.received()), step);
        must(!peer.closed());
    }
}

enum class Beginning : std::uint8_t { raw, hello, shaken_hands, text, count };

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    constexpr std::size_t most_bytes = 60000;  // A socket takes them at once.
    if (length < 3 || length > most_bytes) {
        return 0;
    }
    const auto beginning =
        static_cast<Beginning>(data[0] % static_cast<std::uint8_t>(Beginning::count));
    const Client client((data[0] & 0x80) != 0 ? TLS1_2_VERSION : TLS1_3_VERSION);
    const std::size_t step = data[1] == 0 ? most_bytes : data[1];
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string bytes(reinterpret_cast<const char*>(data) + 2, length - 2);
    Peer peer;
    switch (beginning) {
        case Beginning::raw:
            break;
        case Beginning::hello: {
            // An honest one, changed where the input is not zero.
            std::string hello = client.flight({});
            for (std::size_t index = 0; index < std::min(hello.size(), bytes.size()); ++index) {
                hello[index] = static_cast<char>(hello[index] ^ bytes[index]);
            }
            bytes = hello;
            break;
        }
        case Beginning::shaken_hands:
            shake_hands(peer, client, step);
            break;
        case Beginning::text:
        case Beginning::count:
            shake_hands(peer, client, step);
            bytes = client.encrypted(bytes) + bytes;
            break;
    }
    send_in_parts(peer, bytes, step);
    peer.end();
    return 0;
}
