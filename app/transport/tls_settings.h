// SPDX-License-Identifier: MIT
// Which TLS is spoken: versions, groups, suites and options, the same for every certificate.
#pragma once

struct ssl_ctx_st;

namespace cloister::transport {

// Applies the tables of tls_settings.cpp, and ALPN's choice of "h2" or "http/1.1" (RFC 7301).
// Throws base::Failure if this OpenSSL lacks something.
void apply_settings(ssl_ctx_st* context);

}  // namespace cloister::transport
