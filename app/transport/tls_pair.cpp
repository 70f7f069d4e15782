// SPDX-License-Identifier: MIT
#include "transport/tls_pair.h"

#include "transport/tls_key.h"
#include "transport/tls_secret.h"

namespace cloister::transport {

TlsPair load_pair(const PairFiles& files, std::chrono::sys_seconds now) {
    TlsPair pair;
    pair.label = label_of(files);
    pair.chain = chain_in(read_file(files.certificate), files.certificate, pair.label, now);
    pair.key = private_key_in(read_secret(files.key), files.key,
                              *::X509_get0_pubkey(pair.chain.leaf.get()), files.certificate);
    if (!files.staple.empty()) {
        pair.staple = staple_in(files.staple, pair.chain, now, pair.chain.warnings);
    }
    return pair;
}

}  // namespace cloister::transport
