// SPDX-License-Identifier: MIT
// The private key that belongs to a certificate, made of the bytes of its file without any copy
// that is not wiped. d2i_AutoPrivateKey and the PEM readers leave the key in memory they have
// freed, so the few numbers are picked out here and given to EVP_PKEY_fromdata.
#pragma once

#include <string>

#include "transport/tls_handles.h"
#include "transport/tls_secret.h"

namespace cloister::transport {

// The first key in `pem`, as PKCS #8 (RFC 5958), SEC 1 (RFC 5915) or PKCS #1 (RFC 8017 A.1.2):
// RSA, ECDSA or Ed25519 (RFC 8410). That it belongs to `public_key` is proven by a signature, so a
// damaged key is found too. Asks for no password, ever. Throws base::Failure (EX_CONFIG) naming
// `path`: no key, an encrypted one, a malformed one, or one that is not that of `certificate_path`.
Key private_key_in(const Secret& pem, const std::string& path, EVP_PKEY& public_key,
                   const std::string& certificate_path);

}  // namespace cloister::transport
