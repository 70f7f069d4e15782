// SPDX-License-Identifier: MIT
// What cpp-httplib reads in place of a socket: a constant head, because the real one has been
// validated already and reaches its Request by another way, and then the body. What it writes is
// dropped: the answer is taken before.
#pragma once

#include <httplib.h>
#include <sys/types.h>

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace cloister::routes {

class BodyStream final : public httplib::Stream {
  public:
    // `body` is lent and outlives the stream.
    explicit BodyStream(std::string_view body) : body_(body) {}

    // The union of what Stream has declared from 0.11.4 to today, so that one source fits all.
    // NOLINTBEGIN(modernize-use-override): which of these are virtual depends on the version of
    // cpp-httplib.
    [[nodiscard]] bool is_readable() const { return true; }

    [[nodiscard]] bool is_writable() const { return true; }

    [[nodiscard]] bool is_peer_alive() const { return true; }

    [[nodiscard]] bool wait_readable() const { return true; }

    [[nodiscard]] bool wait_writable() const { return true; }

    ssize_t read(char* bytes, std::size_t size) {
        std::string_view& source = head_.empty() ? body_ : head_;
        const std::size_t count = source.copy(bytes, size);
        source.remove_prefix(count);
        return static_cast<ssize_t>(count);
    }

    ssize_t write(const char* /*bytes*/, std::size_t size) { return static_cast<ssize_t>(size); }

    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}

    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}

    [[nodiscard]] socket_t socket() const { return INVALID_SOCKET; }

    [[nodiscard]] std::time_t duration() const { return 0; }

    void set_read_timeout(std::time_t /*seconds*/, std::time_t /*microseconds*/) {}

    // NOLINTEND(modernize-use-override)

  private:
    std::string_view head_ = "GET / HTTP/1.1\r\n\r\n";
    std::string_view body_;
};

}  // namespace cloister::routes
