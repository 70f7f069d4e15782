// SPDX-License-Identifier: MIT
#include "transport/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace cloister::transport {

namespace limits = base::limits;

namespace {

// One call of write() encrypts at most this many times, however little, and limits::turn_bytes.
constexpr int write_rounds = 16;

}  // namespace

Tls::Tls(base::Fd socket, const Keyring& keyring)
    : wire_(std::move(socket)), tls_(keyring.make_connection()) {
    wire_.attach(tls_.get());
    SSL_set_accept_state(tls_.get());
    SSL_set_msg_callback(tls_.get(), note_message);
    SSL_set_msg_callback_arg(tls_.get(), this);
}

// Called by OpenSSL, which would go through KeyUpdates in one SSL_read_ex() as long as they come,
// and keep the answer to each. Its next attempt to read or write fails.
void Tls::note_message(int is_ours, int /*version*/, int kind, const void* /*bytes*/,
                       std::size_t /*size*/, ssl_st* /*tls*/, void* self) noexcept {
    Tls& tls = *static_cast<Tls*>(self);
    if (is_ours == 0 && kind == SSL3_RT_HANDSHAKE &&
        ++tls.handshake_messages_ > limits::tls_handshake_message_count) {
        tls.wire_.give_up();
    }
}

Io Tls::read(std::span<char> into) {
    Io io;
    wire_.hold(true);  // A flight of the handshake leaves in one piece.
    wire_.refresh();
    while (io.state == State::ok && io.bytes < into.size()) {
        io.state = read_some(into, io.bytes);
    }
    // What came was only a part of a record, or the handshake's: whether there is more, or the end,
    // nobody has asked yet.
    if (io.state == State::again && io.bytes == 0 && wire_.was_spared()) {
        wire_.refresh();
        io.state = State::ok;
    }
    wire_.hold(false);
    // Behind the last flight of a handshake that brought a request too comes the answer: both leave
    // together, in write().
    const bool answer_follows = io.bytes != 0 && io.state != State::closed;
    if (!answer_follows && wire_.flush() == State::closed) {
        io.state = State::closed;
    }
    return io;
}

// Decrypts one record behind the first `bytes` of `into`, or goes on with the handshake.
State Tls::read_some(std::span<char> into, std::size_t& bytes) {
    if (failed_) {
        return State::closed;
    }
    ERR_clear_error();
    std::size_t length = 0;
    const int result = SSL_read_ex(tls_.get(), into.data() + bytes, into.size() - bytes, &length);
    note_protocol();
    if (result == 1) {
        bytes += length;
        return State::ok;
    }
    const int error = SSL_get_error(tls_.get(), result);
    if (error == SSL_ERROR_WANT_READ) {
        return State::again;
    }
    failed_ = error != SSL_ERROR_ZERO_RETURN;
    return State::closed;
}

void Tls::note_protocol() {
    if (protocol_ != Protocol::undecided || SSL_is_init_finished(tls_.get()) == 0) {
        return;
    }
    const unsigned char* name = nullptr;
    unsigned int length = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &length);
    const bool is_http2 = length == 2 && std::memcmp(name, "h2", 2) == 0;
    protocol_ = is_http2 ? Protocol::http2 : Protocol::http1;
}

Io Tls::write(base::Output& output, std::span<char> scratch) {
    const std::uint64_t before = wire_.sent_bytes();
    const bool joins = !output.empty() && wire_.unsent_bytes() < limits::tls_record_bytes;
    State state = joins ? State::ok : wire_.flush();
    const std::uint64_t all = output.size();
    for (int round = 0; round < write_rounds && state == State::ok && !output.empty() &&
                        all - output.size() < limits::turn_bytes;
         ++round) {
        state = encrypt(output, scratch) ? wire_.flush() : State::closed;
    }
    return {.bytes = wire_.sent_bytes() - before, .state = state};
}

// Encrypts a part of `output`: from where it lies if that makes whole records, else by way of
// `scratch`. False if the connection cannot go on.
bool Tls::encrypt(base::Output& output, std::span<char> scratch) {
    const base::Output::Front front = output.front();
    const bool in_place =
        front.data != nullptr && (front.last || front.length >= limits::tls_record_bytes);
    const char* bytes = front.data;
    std::size_t length = 0;
    if (in_place) {
        length = std::min<std::uint64_t>(front.length, scratch.size());
    } else {
        bytes = scratch.data();
        length = output.copy_next(scratch);
        output.consume(length);
    }
    // Nothing to send: a file has become shorter, and the answer cannot be completed.
    failed_ = failed_ || length == 0;
    if (failed_) {
        return false;
    }
    ERR_clear_error();
    wire_.hold(length > limits::tls_record_bytes);
    std::size_t written = 0;
    const int result = SSL_write_ex(tls_.get(), bytes, length, &written);
    wire_.hold(false);
    failed_ = result != 1;
    if (in_place && !failed_) {
        output.consume(written);
    }
    return !failed_;
}

void Tls::end() {
    if (ended_ || failed_ || protocol_ == Protocol::undecided) {
        return;
    }
    ended_ = true;
    ERR_clear_error();
    failed_ = SSL_shutdown(tls_.get()) < 0;
}

}  // namespace cloister::transport
