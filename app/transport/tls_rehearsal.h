// SPDX-License-Identifier: MIT
// Handshakes with ourselves, in memory: they prove that a pair works, and make OpenSSL load, look
// up and seed everything while that is still possible.
#pragma once

struct ssl_ctx_st;

namespace cloister::transport {

struct TlsPair;

// Shakes hands over TLS 1.3 and 1.2 with `context`, as a client that accepts signatures of the
// pair's kind alone. Throws base::Failure (EX_CONFIG) naming the pair.
void rehearse_handshakes(ssl_ctx_st* context, const TlsPair& pair);

}  // namespace cloister::transport
