// SPDX-License-Identifier: MIT
// For tests: certificates made on the spot, and a folder to put them into.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/test_folder.h"
#include "transport/tls_handles.h"

namespace cloister::transport::test {

enum class TestKey { p256, p384, rsa_2048, ed25519, rsa_1024, secp256k1, ed448 };

enum class Role { leaf, issuer };

// The time at which the test program started; certificates are valid around it.
std::chrono::sys_seconds today();

// How a certificate is to be. The defaults are those of a good leaf.
struct Wish {
    std::string common_name = "leaf";
    std::vector<std::string> names = {};  // dNSName entries of subjectAltName; none: none
    TestKey key = TestKey::p256;
    std::chrono::sys_seconds not_before = today() - std::chrono::days(1);
    std::chrono::sys_seconds not_after = today() + std::chrono::days(90);
    Role role = Role::leaf;
    std::string extended_key_usage = "serverAuth";  // as x509v3_config(5) has it; "": none
    std::string key_usage = "digitalSignature";     // likewise; an issuer has keyCertSign
    std::string hash = "SHA256";                    // that its issuer signs; Ed25519 takes none
};

// A certificate with the private key that belongs to it.
struct Issued {
    Certificate certificate;
    Key key;
};

// All of these throw std::runtime_error if OpenSSL refuses.
Issued self_signed(const Wish& wish);
Issued issued_by(const Issued& issuer, const Wish& wish);

// The three that most tests want.
Issued make_root();
Issued make_intermediate(const Issued& root);
Issued make_leaf(const Issued& issuer, const std::vector<std::string>& names,
                 TestKey key = TestKey::p256);

Key make_key(TestKey kind);

std::string pem_of(const Issued& issued);  // the certificate alone
std::string key_pem_of(const Issued& issued);
std::string encrypted_key_pem_of(const Issued& issued);
std::string traditional_key_pem_of(const Issued& issued);  // "BEGIN EC PRIVATE KEY" or RSA
std::string der_of(const Issued& issued);                  // the certificate alone

struct StapleWish {
    int status = V_OCSP_CERTSTATUS_GOOD;
    std::chrono::sys_seconds this_update = today() - std::chrono::hours(1);
    std::chrono::sys_seconds next_update = today() + std::chrono::days(7);
};

// An OCSP response in DER about `leaf`, signed by its issuer.
std::string staple_for(const Issued& leaf, const Issued& issuer, const StapleWish& wish = {});

// A folder for one test, gone with its owner.
class PairFolder {
  public:
    [[nodiscard]] const std::string& path() const { return folder_.path(); }

    [[nodiscard]] std::string at(const std::string& name) const { return folder_.at(name); }

    void write(const std::string& name, std::string_view content, mode_t mode = 0600) const;

    // Writes NAME.crt, with `issuers` behind the leaf, and NAME.key.
    void write_pair(const std::string& name, const Issued& leaf,
                    const std::vector<const Issued*>& issuers = {}) const;

  private:
    base::TestFolder folder_;
};

}  // namespace cloister::transport::test
