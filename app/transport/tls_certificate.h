// SPDX-License-Identifier: MIT
// What one certificate says (RFC 5280 4). Nothing here judges it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "transport/tls_handles.h"

namespace cloister::transport {

enum class KeyType : std::uint8_t { ecdsa, rsa, ed25519 };

// "ECDSA", "RSA" or "Ed25519".
const char* name_of(KeyType type);

// The curve of an EC key, as OpenSSL calls it: "prime256v1" is P-256.
std::string curve_of(const EVP_PKEY& key);

// For messages: the subject on one line (RFC 4514).
std::string subject_of(const X509& certificate);

// By its names; its signature is not checked. Not const: OpenSSL notes what it finds out.
bool is_self_signed(X509& certificate);

struct Validity {
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;  // still valid
};

// Throws base::Failure (EX_CONFIG) naming `path` if it is malformed.
Validity validity_of(const X509& certificate, const std::string& path);

// The dNSName entries of subjectAltName, which a host name of SNI (RFC 6066 3) can equal, or match
// (RFC 9525 6.3): in lower case, "*.example.org" included. A common name is none of them, nor is an
// entry with control bytes.
std::vector<std::string> names_of(const X509& certificate);

}  // namespace cloister::transport
