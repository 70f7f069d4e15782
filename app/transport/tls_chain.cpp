// SPDX-License-Identifier: MIT
#include "transport/tls_chain.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"
#include "base/one_line.h"
#include "transport/tls_files.h"
#include "transport/tls_pem.h"
#include "transport/tls_time.h"

namespace cloister::transport {

namespace limits = base::limits;

namespace {

constexpr int least_rsa_bits = 2048;
// Collisions of SHA-1 (63 bits in OpenSSL's table) have been made; SHA-224 has 112.
constexpr int least_hash_bits = 80;
constexpr std::array<std::string_view, 3> curves = {"prime256v1", "secp384r1", "secp521r1"};

Certificate certificate_in(const PemBlock& block, const std::string& path) {
    const unsigned char* at = block.der.bytes().data();
    Certificate certificate(::d2i_X509(nullptr, &at, static_cast<long>(block.der.bytes().size())));
    // Extensions are read here and now; a malformed one shows in a flag only.
    if (certificate == nullptr ||
        (::X509_get_extension_flags(certificate.get()) & EXFLAG_INVALID) != 0) {
        refuse(EX_CONFIG, path,
               "a certificate in it is malformed (" + openssl_reason() + "); write the file again");
    }
    return certificate;
}

void read(Chain& chain, const Secret& pem, const std::string& path) {
    chain.issuers.reset(sk_X509_new_null());
    if (chain.issuers == nullptr) {
        throw std::bad_alloc();
    }
    for (const PemBlock& block : pem_blocks(pem, path)) {
        if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") {
            continue;
        }
        Certificate certificate = certificate_in(block, path);
        if (chain.leaf == nullptr) {
            chain.leaf = std::move(certificate);
        } else if (sk_X509_push(chain.issuers.get(), certificate.get()) > 0) {
            (void)certificate.release();  // The stack owns it.
        } else {
            throw std::bad_alloc();
        }
    }
    if (chain.leaf == nullptr) {
        refuse(EX_CONFIG, path, "there is no certificate in it; name the file that has it");
    }
}

KeyType check_key(const X509& leaf, const std::string& path) {
    const EVP_PKEY* const key = ::X509_get0_pubkey(&leaf);
    const int type = key == nullptr ? EVP_PKEY_NONE : ::EVP_PKEY_get_base_id(key);
    const std::string remedy =
        "; get a certificate for a key of openssl genpkey -algorithm EC -pkeyopt "
        "ec_paramgen_curve:P-256";
    if (type == EVP_PKEY_RSA) {
        if (const int bits = ::EVP_PKEY_get_bits(key); bits < least_rsa_bits) {
            refuse(EX_CONFIG, path,
                   "its RSA key has " + std::to_string(bits) + " bits, which is fewer than " +
                       std::to_string(least_rsa_bits) + remedy);
        }
        return KeyType::rsa;
    }
    if (type == EVP_PKEY_EC) {
        const std::string curve = curve_of(*key);
        if (std::find(curves.begin(), curves.end(), curve) == curves.end()) {
            refuse(EX_CONFIG, path,
                   "its key is on the curve " + curve +
                       ", which TLS clients do not take; P-256, P-384 and P-521 will do" + remedy);
        }
        return KeyType::ecdsa;
    }
    if (type != EVP_PKEY_ED25519) {
        refuse(EX_CONFIG, path, "its key is neither ECDSA nor RSA nor Ed25519" + remedy);
    }
    return KeyType::ed25519;
}

std::chrono::sys_seconds check_validity(const X509& leaf, const std::string& path,
                                        std::chrono::sys_seconds now) {
    const Validity validity = validity_of(leaf, path);
    if (now < validity.begin) {
        refuse(EX_CONFIG, path,
               "the certificate is not valid before " + day_text(validity.begin) + "; today is " +
                   day_text(now) + " by this machine's clock, so set it, or wait");
    }
    if (now > validity.end) {
        refuse(EX_CONFIG, path,
               "the certificate expired on " + day_text(validity.end) +
                   "; renew it, and see why the renewal did not happen");
    }
    return validity.end;
}

void check_purpose(X509& leaf, const std::string& path) {
    if (::X509_check_purpose(&leaf, X509_PURPOSE_SSL_SERVER, 0) != 1) {
        refuse(EX_CONFIG, path,
               "the certificate is not for TLS servers; have it issued with extendedKeyUsage "
               "serverAuth, and keyUsage digitalSignature");
    }
    // What a server signs in a handshake (RFC 8446 4.4.2.2). No such extension allows everything.
    if ((::X509_get_key_usage(&leaf) & X509v3_KU_DIGITAL_SIGNATURE) == 0) {
        refuse(EX_CONFIG, path,
               "the certificate's keyUsage lacks digitalSignature; have it issued with that");
    }
}

void check_signature_hash(X509& certificate, const std::string& path) {
    int hash_bits = 0;
    // Nobody relies on a root's signature: who trusts it has it already.
    if (!is_self_signed(certificate) &&
        (::X509_get_signature_info(&certificate, nullptr, nullptr, &hash_bits, nullptr) != 1 ||
         hash_bits < least_hash_bits)) {
        const char* const name = ::OBJ_nid2ln(::X509_get_signature_nid(&certificate));
        refuse(EX_CONFIG, path,
               "the certificate of " + subject_of(certificate) + " is signed with " +
                   (name != nullptr ? name : "an unknown algorithm") +
                   ", which clients refuse; have it issued again with SHA-256");
    }
}

void check_issued(X509& certificate, X509& issuer, const std::string& path) {
    EVP_PKEY* const key = ::X509_get0_pubkey(&issuer);
    if (::X509_check_issued(&issuer, &certificate) != X509_V_OK || key == nullptr ||
        ::X509_verify(&certificate, key) != 1) {
        refuse(EX_CONFIG, path,
               "the certificate of " + subject_of(issuer) +
                   " is not the issuer of the one before "
                   "it, " +
                   subject_of(certificate) +
                   "; put the server's own first, then each one's issuer");
    }
}

std::string remaining_text(std::chrono::sys_seconds::duration remaining) {
    const auto days = std::chrono::floor<std::chrono::days>(remaining).count();
    return days == 0   ? "in less than a day"
           : days == 1 ? "in 1 day"
                       : "in " + std::to_string(days) + " days";
}

void warn(Chain& chain, const std::string& path, const std::string& label,
          std::chrono::sys_seconds now) {
    if (chain.expires - now < limits::certificate_warning_time) {
        chain.warnings.push_back("certificate " + label + " expires " +
                                 remaining_text(chain.expires - now) + ", on " +
                                 day_text(chain.expires));
    }
    if (chain.names.empty()) {
        chain.warnings.push_back("certificate " + label +
                                 " names no host; clients will refuse it: have it issued with "
                                 "subjectAltName");
    }
    if (sk_X509_num(chain.issuers.get()) == 0 && !is_self_signed(*chain.leaf)) {
        chain.warnings.push_back("certificate " + label +
                                 " comes without an intermediate certificate; clients may not "
                                 "find its issuer: use fullchain.pem");
    }
    for (int index = 0; index < sk_X509_num(chain.issuers.get()); ++index) {
        const X509& issuer = *sk_X509_value(chain.issuers.get(), index);
        const Validity validity = validity_of(issuer, path);
        if (now < validity.begin || now > validity.end) {
            chain.warnings.push_back("certificate " + label + ": its issuer " + subject_of(issuer) +
                                     " is valid from " + day_text(validity.begin) + " to " +
                                     day_text(validity.end) + " only; clients may refuse it");
        }
    }
}

}  // namespace

Chain chain_in(const Secret& pem, const std::string& path, const std::string& label,
               std::chrono::sys_seconds now) {
    Chain chain;
    read(chain, pem, path);
    chain.key_type = check_key(*chain.leaf, path);
    chain.expires = check_validity(*chain.leaf, path, now);
    check_purpose(*chain.leaf, path);
    X509* certificate = chain.leaf.get();
    check_signature_hash(*certificate, path);
    for (int index = 0; index < sk_X509_num(chain.issuers.get()); ++index) {
        X509* const issuer = sk_X509_value(chain.issuers.get(), index);
        check_signature_hash(*issuer, path);
        check_issued(*certificate, *issuer, path);
        certificate = issuer;
    }
    chain.names = names_of(*chain.leaf);
    warn(chain, path, label, now);
    ::ERR_clear_error();
    return chain;
}

}  // namespace cloister::transport
