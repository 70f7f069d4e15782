// SPDX-License-Identifier: MIT
#include "transport/tls_handles.h"

#include <openssl/err.h>

#include <system_error>

namespace cloister::transport {

std::string openssl_reason() {
    const unsigned long oldest = ::ERR_peek_error();
    ::ERR_clear_error();
    if (oldest == 0) {
        return "no reason given";
    }
    // Errors of system calls carry errno, for which OpenSSL has no words.
    if (ERR_SYSTEM_ERROR(oldest)) {
        return std::generic_category().message(ERR_GET_REASON(oldest));
    }
    const char* const words = ::ERR_reason_error_string(oldest);
    return words != nullptr ? words : "OpenSSL error " + std::to_string(oldest);
}

}  // namespace cloister::transport
