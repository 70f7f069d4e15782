// SPDX-License-Identifier: MIT
#include "transport/tls_digest.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace cloister::transport {

std::string sha256_text(std::span<const std::byte> bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned length = 0;
    if (::EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, ::EVP_sha256(), nullptr) !=
        1) {
        throw std::runtime_error("OpenSSL computes no SHA-256");
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned index = 0; index < length; ++index) {
        text += digits[digest.at(index) >> 4U];
        text += digits[digest.at(index) & 0xfU];
    }
    return text;
}

}  // namespace cloister::transport
