// SPDX-License-Identifier: MIT
#include "transport/tls_wiped.h"

#include <openssl/crypto.h>

namespace cloister::transport {

void wipe(std::span<std::byte> bytes) {
    ::OPENSSL_cleanse(bytes.data(), bytes.size());
}

}  // namespace cloister::transport
