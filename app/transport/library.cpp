// SPDX-License-Identifier: MIT
#include "transport/library.h"

#include <openssl/crypto.h>

namespace cloister::transport {

std::string_view library() {
    return OpenSSL_version(OPENSSL_VERSION);
}

}  // namespace cloister::transport
