// SPDX-License-Identifier: MIT
// A certificate with its private key, loaded from files and checked before confinement: afterwards
// no file can be opened.
#pragma once

#include <chrono>
#include <string>

#include "transport/tls_chain.h"
#include "transport/tls_files.h"
#include "transport/tls_handles.h"
#include "transport/tls_staple.h"

namespace cloister::transport {

struct TlsPair {
    std::string label;  // for messages: the certificate's file without folder and extension
    Chain chain;        // with the names, the expiry and the kind of key
    Key key;            // private, and the certificate's; the only copy in this process
    Staple staple;
};

// Reads and checks one pair. chain.warnings has what is wrong but lets the server start, each one
// line. Throws base::Failure with EX_NOINPUT (a file is missing), EX_NOPERM (it may not be read,
// or others than its owner and group may use the key) or EX_CONFIG (all else); what() names the
// file and the remedy. See chain_in, private_key_in and staple_in for what is refused. Leaves
// OpenSSL's error queue empty.
TlsPair load_pair(const PairFiles& files, std::chrono::sys_seconds now);

}  // namespace cloister::transport
