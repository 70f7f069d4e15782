// SPDX-License-Identifier: MIT
#include "transport/tls_wire.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace cloister::transport {

// What a BIO calls; it carries its Wire as data.
struct WireMethod {
    static Wire& of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int size) noexcept {
        return of(bio).read(bio, into, size);
    }

    static int write(BIO* bio, const char* bytes, int size) noexcept {
        return of(bio).write(bio, bytes, size);
    }

    // Nothing is buffered in the BIO itself, so a flush is always over.
    static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) noexcept {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static const BIO_METHOD* make() {
        BIO_METHOD* const method =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cloister wire");
        if (method == nullptr || BIO_meth_set_read(method, read) != 1 ||
            BIO_meth_set_write(method, write) != 1 || BIO_meth_set_ctrl(method, control) != 1) {
            throw std::bad_alloc();
        }
        return method;
    }
};

void Wire::attach(ssl_st* tls) {
    static const BIO_METHOD* const method = WireMethod::make();
    BIO* const bio = BIO_new(method);
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls, bio, bio);  // which owns it now
}

int Wire::read(bio_st* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    if (closed_) {
        return -1;
    }
    spared_ = drained_;
    if (!drained_) {
        const ssize_t received = ::recv(socket_.get(), into, static_cast<std::size_t>(size), 0);
        // A short read from a stream socket empties it (epoll(7)).
        drained_ = received < size;
        if (received >= 0) {
            return static_cast<int>(received);
        }
        if (errno != EAGAIN && errno != EINTR) {
            return -1;
        }
    }
    BIO_set_retry_read(bio);
    return -1;
}

// Takes everything: so OpenSSL never has to repeat a write, and never waits to.
int Wire::write(bio_st* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto length = static_cast<std::size_t>(size);
    const std::size_t sent = held_ || has_unsent() ? 0 : send(bytes, length);
    if (closed_) {
        return -1;
    }
    unsent_.append(bytes + sent, length - sent);
    return size;
}

State Wire::flush() {
    const std::size_t sent = has_unsent() ? send(unsent_.data(), unsent_.size()) : 0;
    if (closed_) {
        return State::closed;
    }
    if (sent != unsent_.size()) {
        unsent_.erase(0, sent);
        return State::again;
    }
    std::string().swap(unsent_);  // An idle connection holds no buffer.
    return State::ok;
}

std::size_t Wire::send(const char* bytes, std::size_t size) {
    if (closed_) {
        return 0;
    }
    const ssize_t sent = ::write(socket_.get(), bytes, size);
    if (sent < 0) {
        closed_ = errno != EAGAIN && errno != EINTR;
        return 0;
    }
    sent_bytes_ += static_cast<std::size_t>(sent);
    return static_cast<std::size_t>(sent);
}

}  // namespace cloister::transport
