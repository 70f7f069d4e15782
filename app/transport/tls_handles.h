// SPDX-License-Identifier: MIT
// OpenSSL's objects with an owner each, and its errors in words. Only tls* of this folder includes
// it.
#pragma once

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace cloister::transport {

// Frees with `free_it`, a function of OpenSSL; each of them accepts null.
template <auto free_it>
struct FreeWith {
    template <class Object>
    void operator()(Object* object) const {
        free_it(object);
    }
};

template <class Object, auto free_it>
using Owned = std::unique_ptr<Object, FreeWith<free_it>>;

// sk_X509_pop_free is a macro or inline, so no template argument.
struct FreeCertificates {
    void operator()(STACK_OF(X509) * all) const { sk_X509_pop_free(all, ::X509_free); }
};

using Certificate = Owned<X509, ::X509_free>;
using Certificates = std::unique_ptr<STACK_OF(X509), FreeCertificates>;  // owns its members too
using Key = Owned<EVP_PKEY, ::EVP_PKEY_free>;                            // public, private or both
using KeyMaker = Owned<EVP_PKEY_CTX, ::EVP_PKEY_CTX_free>;
using Digest = Owned<EVP_MD_CTX, ::EVP_MD_CTX_free>;
using GeneralNames = Owned<GENERAL_NAMES, ::GENERAL_NAMES_free>;
using Bio = Owned<BIO, ::BIO_free_all>;
using OcspResponse = Owned<OCSP_RESPONSE, ::OCSP_RESPONSE_free>;
using OcspBasic = Owned<OCSP_BASICRESP, ::OCSP_BASICRESP_free>;
using OcspId = Owned<OCSP_CERTID, ::OCSP_CERTID_free>;
using SslSettings = Owned<SSL_CTX, ::SSL_CTX_free>;
using SslConnection = Owned<SSL, ::SSL_free>;

// The oldest error in this thread's queue in words, as in "unsupported", since later ones only say
// who passed it on; "no reason given" if there is none. Empties the queue: what stays in it would
// be taken for the next call's error (SSL_get_error(3)).
std::string openssl_reason();

}  // namespace cloister::transport
