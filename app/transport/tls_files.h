// SPDX-License-Identifier: MIT
// Which files belong together: a certificate, its key and what is stapled to it.
#pragma once

#include <string>
#include <vector>

namespace cloister::transport {

struct PairFiles {
    std::string certificate;  // PEM: the certificate, then those that vouch for it
    std::string key;          // PEM
    std::string staple;       // an OCSP response in DER (RFC 6960); empty if there is none
};

// Each NAME.crt of `folder` with NAME.key and, if there is one, NAME.ocsp. The pair called `tls`,
// or `tls_tls` as LoadCredential=tls:FOLDER passes it, comes first, then they come in the order of
// their names. Other files are ignored, for `folder` is systemd's $CREDENTIALS_DIRECTORY
// (systemd.exec(5)), where other credentials may lie; so are names that begin with a dot. Nothing
// is read. Throws base::Failure: EX_CONFIG naming the file whose partner is missing, or the folder
// if it is none; EX_NOINPUT or EX_NOPERM if it cannot be listed.
std::vector<PairFiles> pairs_in(const std::string& folder);

// The files that --tls-cert and --tls-key name. The staple is the certificate's path with .ocsp for
// its extension, if there is such a file.
PairFiles pair_of(const std::string& certificate, const std::string& key);

// What a certificate is called in messages: the file's name without its folder and extension, and
// without the "tls_" that LoadCredential=tls:FOLDER puts before it.
std::string label_of(const PairFiles& files);

// Throws base::Failure: the file, the complaint with its remedy.
[[noreturn]] void refuse(int exit_status, const std::string& path, const std::string& complaint);

}  // namespace cloister::transport
