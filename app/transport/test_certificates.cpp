// SPDX-License-Identifier: MIT
#include "transport/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include "base/check.h"

namespace cloister::transport::test {

namespace {

using Extension = Owned<X509_EXTENSION, ::X509_EXTENSION_free>;
using Time = Owned<ASN1_TIME, ::ASN1_TIME_free>;

constexpr long version_3 = 2;  // RFC 5280 4.1.2.1

void must(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string(what) + ": " + openssl_reason());
    }
}

Time time_from(std::chrono::sys_seconds time) {
    return Time(::ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(time)));
}

void add_extension(X509& certificate, int kind, const std::string& value) {
    if (value.empty()) {
        return;
    }
    X509V3_CTX context{};
    ::X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    const Extension extension(::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    must(extension != nullptr && ::X509_add_ext(&certificate, extension.get(), -1) == 1,
         "make an extension");
}

std::string alternatives(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) {
        all += (all.empty() ? "DNS:" : ",DNS:") + name;
    }
    return all;
}

// `issuer` is null for one that signs itself.
Issued issue(const Issued* issuer, const Wish& wish) {
    static std::atomic<long> serial = 1;
    Issued issued{.certificate = Certificate(::X509_new()), .key = make_key(wish.key)};
    X509& certificate = *issued.certificate;
    ::X509_set_version(&certificate, version_3);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(&certificate), serial++);
    ::X509_set1_notBefore(&certificate, time_from(wish.not_before).get());
    ::X509_set1_notAfter(&certificate, time_from(wish.not_after).get());
    ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(&certificate), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(wish.common_name.c_str()),
                                 -1, -1, 0);
    const X509& signer = issuer != nullptr ? *issuer->certificate : certificate;
    ::X509_set_issuer_name(&certificate, ::X509_get_subject_name(&signer));
    ::X509_set_pubkey(&certificate, issued.key.get());
    if (wish.role == Role::issuer) {
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
        add_extension(certificate, NID_basic_constraints, "CA:FALSE");
        add_extension(certificate, NID_key_usage, wish.key_usage);
        add_extension(certificate, NID_ext_key_usage, wish.extended_key_usage);
    }
    add_extension(certificate, NID_subject_alt_name, alternatives(wish.names));
    EVP_PKEY* const key = issuer != nullptr ? issuer->key.get() : issued.key.get();
    const bool hashes_itself = ::EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ||
                               ::EVP_PKEY_get_base_id(key) == EVP_PKEY_ED448;
    const EVP_MD* const hash = hashes_itself ? nullptr : ::EVP_get_digestbyname(wish.hash.c_str());
    must(::X509_sign(&certificate, key, hash) > 0, "sign a certificate");
    return issued;
}

// What `write` writes into the BIO that it gets.
template <class Write>
std::string text_from(const Write& write) {
    const Bio bio(::BIO_new(::BIO_s_mem()));
    must(bio != nullptr && write(bio.get()) == 1, "write");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::chrono::sys_seconds today() {
    static const auto start =
        std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return start;
}

Key make_key(TestKey kind) {
    Key key;
    switch (kind) {
        case TestKey::p256:
            key.reset(EVP_EC_gen("P-256"));
            break;
        case TestKey::p384:
            key.reset(EVP_EC_gen("P-384"));
            break;
        case TestKey::secp256k1:
            key.reset(EVP_EC_gen("secp256k1"));
            break;
        case TestKey::rsa_2048:
            key.reset(EVP_RSA_gen(2048));
            break;
        case TestKey::rsa_1024:
            key.reset(EVP_RSA_gen(1024));
            break;
        case TestKey::ed25519:
            key.reset(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
            break;
        case TestKey::ed448:
            key.reset(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
            break;
    }
    must(key != nullptr, "make a key");
    return key;
}

Issued self_signed(const Wish& wish) {
    return issue(nullptr, wish);
}

Issued issued_by(const Issued& issuer, const Wish& wish) {
    return issue(&issuer, wish);
}

Issued make_root() {
    return self_signed({.common_name = "root", .role = Role::issuer});
}

Issued make_intermediate(const Issued& root) {
    return issued_by(root, {.common_name = "intermediate", .role = Role::issuer});
}

Issued make_leaf(const Issued& issuer, const std::vector<std::string>& names, TestKey key) {
    return issued_by(issuer, {.names = names, .key = key});
}

std::string pem_of(const Issued& issued) {
    return text_from([&](BIO* bio) { return ::PEM_write_bio_X509(bio, issued.certificate.get()); });
}

std::string key_pem_of(const Issued& issued) {
    return text_from([&](BIO* bio) {
        return ::PEM_write_bio_PKCS8PrivateKey(bio, issued.key.get(), nullptr, nullptr, 0, nullptr,
                                               nullptr);
    });
}

std::string encrypted_key_pem_of(const Issued& issued) {
    return text_from([&](BIO* bio) {
        return ::PEM_write_bio_PKCS8PrivateKey(bio, issued.key.get(), ::EVP_aes_128_cbc(), "secret",
                                               6, nullptr, nullptr);
    });
}

std::string traditional_key_pem_of(const Issued& issued) {
    return text_from([&](BIO* bio) {
        return ::PEM_write_bio_PrivateKey_traditional(bio, issued.key.get(), nullptr, nullptr, 0,
                                                      nullptr, nullptr);
    });
}

std::string der_of(const Issued& issued) {
    return text_from([&](BIO* bio) { return ::i2d_X509_bio(bio, issued.certificate.get()); });
}

std::string staple_for(const Issued& leaf, const Issued& issuer, const StapleWish& wish) {
    const OcspBasic basic(::OCSP_BASICRESP_new());
    const OcspId id(
        ::OCSP_cert_to_id(::EVP_sha1(), leaf.certificate.get(), issuer.certificate.get()));
    const Time revoked = time_from(wish.this_update);
    const bool is_revoked = wish.status == V_OCSP_CERTSTATUS_REVOKED;
    must(::OCSP_basic_add1_status(
             basic.get(), id.get(), wish.status, 0, is_revoked ? revoked.get() : nullptr,
             time_from(wish.this_update).get(), time_from(wish.next_update).get()) != nullptr,
         "add a status");
    must(::OCSP_basic_sign(basic.get(), issuer.certificate.get(), issuer.key.get(), ::EVP_sha256(),
                           nullptr, OCSP_NOCERTS) == 1,
         "sign an OCSP response");
    const OcspResponse response(
        ::OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    unsigned char* der = nullptr;
    const int size = ::i2d_OCSP_RESPONSE(response.get(), &der);
    must(size > 0, "write an OCSP response");
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

void PairFolder::write(const std::string& name, std::string_view content, mode_t mode) const {
    folder_.write(name, content);
    base::check(::chmod(at(name).c_str(), mode), "change the mode of " + name);
}

void PairFolder::write_pair(const std::string& name, const Issued& leaf,
                            const std::vector<const Issued*>& issuers) const {
    std::string chain = pem_of(leaf);
    for (const Issued* const issuer : issuers) {
        chain += pem_of(*issuer);
    }
    write(name + ".crt", chain);
    write(name + ".key", key_pem_of(leaf));
}

}  // namespace cloister::transport::test
