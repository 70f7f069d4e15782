// SPDX-License-Identifier: MIT
// Bytes that shall not outlive their use: one allocation that is wiped when its owner goes; and how
// a file gets into one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cloister::transport {

class Secret {
  public:
    Secret() = default;

    // `size` zeros.
    explicit Secret(std::size_t size);

    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();  // Wipes, by explicit_bzero(3).

    // Lent until the Secret goes or is assigned to.
    [[nodiscard]] std::span<unsigned char> bytes() { return {bytes_.get(), size_}; }

    [[nodiscard]] std::span<const unsigned char> bytes() const { return {bytes_.get(), size_}; }

    // The same as text, lent likewise.
    [[nodiscard]] std::string_view text() const;

    // Forgets all but the first `size` bytes; the rest is wiped with them.
    void shorten(std::size_t size) { size_ = size; }

  private:
    std::unique_ptr<unsigned char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

// The whole file, which has at least 1 and at most limits::tls_file_bytes. Never blocks. Throws
// base::Failure naming `path`: EX_NOINPUT if there is none, EX_NOPERM if it may not be read,
// EX_CONFIG if it is no regular file, empty or too large.
Secret read_file(const std::string& path);

// The same for a file that must be kept from others: EX_NOPERM if its mode grants them anything.
// Its group may read it: systemd's credentials are 0400 or, with an ACL, 0440 (systemd.exec(5)).
Secret read_secret(const std::string& path);

}  // namespace cloister::transport
