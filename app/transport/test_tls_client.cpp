// SPDX-License-Identifier: MIT
#include "transport/test_tls_client.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "base/check.h"

namespace cloister::transport::test {

namespace {

void must(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string(what) + ": " + openssl_reason());
    }
}

SslSettings settings_of(const ClientWish& wish) {
    SslSettings settings(::SSL_CTX_new(::TLS_client_method()));
    SSL_CTX* const raw = settings.get();
    must(raw != nullptr, "make a client");
    ::SSL_CTX_set_security_level(raw, 0);  // Offers what it is told to, however old.
    must(SSL_CTX_set_min_proto_version(raw, wish.least_version) == 1, "least version");
    must(SSL_CTX_set_max_proto_version(raw, wish.most_version) == 1, "most version");
    must(wish.suites.empty() || ::SSL_CTX_set_ciphersuites(raw, wish.suites.c_str()) == 1,
         "suites");
    must(wish.ciphers.empty() || ::SSL_CTX_set_cipher_list(raw, wish.ciphers.c_str()) == 1,
         "ciphers");
    must(wish.groups.empty() || SSL_CTX_set1_groups_list(raw, wish.groups.c_str()) == 1, "groups");
    must(wish.signatures.empty() || SSL_CTX_set1_sigalgs_list(raw, wish.signatures.c_str()) == 1,
         "signatures");
    must(wish.protocols.empty() ||
             ::SSL_CTX_set_alpn_protos(
                 raw, reinterpret_cast<const unsigned char*>(wish.protocols.data()),
                 static_cast<unsigned int>(wish.protocols.size())) == 0,
         "protocols");
    return settings;
}

void note_alert(const SSL* tls, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        static_cast<TlsClient*>(::SSL_get_ex_data(tls, 0))->alert = value & 0xff;
    }
}

}  // namespace

TlsClient::TlsClient(base::Fd socket, const ClientWish& wish)
    : socket_(std::move(socket)), settings_(settings_of(wish)), tls_(::SSL_new(settings_.get())) {
    must(tls_ != nullptr, "make a connection");
    SSL* const raw_tls = tls_.get();
    ::SSL_set_bio(raw_tls, ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_set_connect_state(raw_tls);
    ::SSL_set_ex_data(raw_tls, 0, this);
    ::SSL_set_info_callback(raw_tls, note_alert);
    if (!wish.host.empty()) {
        std::string host = wish.host;
        must(::SSL_ctrl(raw_tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                        host.data()) == 1,
             "name a host");
    }
    if (wish.session != nullptr) {
        must(::SSL_set_session(raw_tls, wish.session) == 1, "resume");
    }
    if (wish.wants_staple) {
        ::SSL_ctrl(raw_tls, SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
    }
}

bool TlsClient::step() {
    const bool received = receive();
    think();
    const std::string ready = records();
    send(ready);
    return received || !ready.empty();
}

bool TlsClient::receive() {
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    bool any = false;
    while (!ended && socket_.get() >= 0 &&
           (count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) > 0) {
        any = true;
        ++packets;
        raw.append(buffer.data(), static_cast<std::size_t>(count));
        if (!keeps_raw_only) {
            ::BIO_write(::SSL_get_rbio(tls_.get()), buffer.data(), static_cast<int>(count));
        }
    }
    const bool ends_now = !ended && (count == 0 || errno == ECONNRESET) && socket_.get() >= 0;
    ended = ended || ends_now;
    return any || ends_now;
}

void TlsClient::think() {
    ::ERR_clear_error();
    if (!is_connected() && ::SSL_do_handshake(tls_.get()) != 1) {
        return;
    }
    std::array<char, 16384> buffer{};
    std::size_t count = 0;
    while (::SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &count) == 1) {
        text.append(buffer.data(), count);
    }
}

std::string TlsClient::records() {
    std::string all = std::exchange(unsent_, {});
    std::array<char, 16384> buffer{};
    int count = 0;
    while ((count = ::BIO_read(::SSL_get_wbio(tls_.get()), buffer.data(), buffer.size())) > 0) {
        all.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return all;
}

bool TlsClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            unsent_ += bytes;
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void TlsClient::write(std::string_view bytes) const {
    must(::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
             static_cast<int>(bytes.size()),
         "write");
}

void TlsClient::end_sending() const {
    base::check(::shutdown(socket_.get(), SHUT_WR), "shutdown");
}

bool TlsClient::was_told_the_end() const {
    return (::SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0 && alert == 0;
}

std::string TlsClient::protocol() const {
    const unsigned char* name = nullptr;
    unsigned int length = 0;
    ::SSL_get0_alpn_selected(tls_.get(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
}

std::string TlsClient::staple() const {
    const unsigned char* bytes = nullptr;
    const long size = ::SSL_ctrl(tls_.get(), SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, &bytes);
    return size <= 0
               ? std::string()
               : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Session TlsClient::session() const {
    ::SSL_shutdown(tls_.get());  // Without one OpenSSL forgets it.
    return Session(::SSL_get1_session(tls_.get()));
}

Line::Line(const Keyring& keyring, const ClientWish& wish, int type) {
    std::array<int, 2> ends{};
    base::check(::socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()),
                "make a socket pair");
    server = std::make_unique<Tls>(base::Fd(ends[0]), keyring);
    client = std::make_unique<TlsClient>(base::Fd(ends[1]), wish);
}

void Line::settle() {
    constexpr int most_turns = 10000;
    for (int turn = 0; turn < most_turns; ++turn) {
        const bool client_moved = client->step();
        if (!read() && !client_moved) {
            return;
        }
    }
    ADD_FAILURE() << "they go on and on";
}

bool Line::read() {
    std::array<char, 65536> buffer{};
    bool moved = false;
    while (state != State::closed) {
        const Io io = server->read(buffer);
        received.append(buffer.data(), io.bytes);
        moved = moved || io.bytes != 0 || io.state != State::again;
        state = io.state;
        if (io.state == State::again && io.bytes == 0) {
            break;
        }
    }
    return moved;
}

Io Line::write(base::Output& output) {
    std::array<char, 65536> scratch{};
    Io total;
    do {
        const Io io = server->write(output, scratch);
        total.bytes += io.bytes;
        total.state = io.state;
    } while (total.state == State::ok && !output.empty());
    return total;
}

Io Line::write(std::string_view text) {
    base::Output output;
    output.append(text);
    return write(output);
}

TlsPair pair_of(const Issued& leaf, const std::vector<const Issued*>& issuers,
                const std::string& label, const std::string& staple) {
    const PairFolder folder;
    folder.write_pair(label, leaf, issuers);
    if (!staple.empty()) {
        folder.write(label + ".ocsp", staple);
    }
    return load_pair(pairs_in(folder.path()).front(), today());
}

TicketKeys& ticket_keys() {
    static const auto keys = TicketKeys::fresh(std::chrono::system_clock::now());
    return *keys;
}

const Keyring& example_keyring() {
    static const Keyring keyring = [] {
        std::vector<TlsPair> pairs;
        pairs.push_back(pair_of(
            self_signed({.names = {"example.org", "*.example.org"}, .key = TestKey::p256})));
        return Keyring(std::move(pairs), ticket_keys());
    }();
    return keyring;
}

}  // namespace cloister::transport::test
