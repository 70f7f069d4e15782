// SPDX-License-Identifier: MIT
// A listener on loopback and clients of it, for tests of loops and servers. Nothing here waits for
// ever.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/fd.h"

namespace cloister::server {

class TestListener {
  public:
    TestListener()
        : fd_(base::check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                          "socket")) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const name = reinterpret_cast<sockaddr*>(&address_);
        socklen_t length = sizeof address_;
        base::check(::bind(fd_.get(), name, length), "bind");
        base::check(::listen(fd_.get(), SOMAXCONN), "listen");
        base::check(::getsockname(fd_.get(), name, &length), "getsockname");
    }

    [[nodiscard]] int get() const { return fd_.get(); }

    [[nodiscard]] base::Fd take() { return std::move(fd_); }

    [[nodiscard]] const sockaddr_in& address() const { return address_; }

  private:
    base::Fd fd_;
    sockaddr_in address_{};
};

// A client's end, which the kernel has connected though nobody may have accepted it yet.
class TestPeer {
  public:
    explicit TestPeer(const sockaddr_in& address)
        : fd_(base::check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")) {
        base::check(
            ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            "connect");
    }

    // Whether all of `bytes` fitted; bytes that did not are lost.
    bool send(std::string_view bytes) const {
        const ssize_t sent =
            ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent == static_cast<ssize_t>(bytes.size());
    }

    void end_sending() const { ::shutdown(fd_.get(), SHUT_WR); }

    // Adds what has come to received(), without waiting.
    void collect() {
        std::array<char, 65536> buffer{};
        ssize_t count = 0;
        while ((count = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
            received_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        closed_ = closed_ || count == 0 || (errno != EAGAIN && errno != EINTR);
    }

    // Waits until something comes, the end included, and collects it. False if nothing does for ten
    // seconds.
    bool wait() {
        pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
        const bool came = ::poll(&waiting, 1, 10'000) == 1;
        collect();
        return came;
    }

    [[nodiscard]] const std::string& received() const { return received_; }

    void forget_received() { received_.clear(); }

    // The server has closed the connection, by an end or a reset.
    [[nodiscard]] bool is_closed() const { return closed_; }

    // How often `text` stands in received().
    [[nodiscard]] std::size_t count(std::string_view text) const {
        std::size_t found = 0;
        for (std::size_t at = received_.find(text); at != std::string::npos;
             at = received_.find(text, at + 1)) {
            ++found;
        }
        return found;
    }

  private:
    base::Fd fd_;
    std::string received_;
    bool closed_ = false;
};

}  // namespace cloister::server
