// SPDX-License-Identifier: MIT
// Bytes that nobody shall find in memory once their owner has gone.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace cloister::transport {

// Overwrites `bytes` in a way that no compiler leaves out: OPENSSL_cleanse(3).
void wipe(std::span<std::byte> bytes);

// The same bytes by OpenSSL's name for them.
inline unsigned char* raw(std::byte* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}

inline const unsigned char* raw(const std::byte* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

// A copy is as secret as its original: each wipes itself.
template <std::size_t Size>
struct Wiped {
    std::array<std::byte, Size> bytes{};

    Wiped() = default;
    Wiped(const Wiped&) = default;
    Wiped& operator=(const Wiped&) = default;

    ~Wiped() { wipe(bytes); }
};

}  // namespace cloister::transport
