// SPDX-License-Identifier: MIT
#include "transport/tls_staple.h"

#include <openssl/err.h>

#include <optional>

#include "base/check.h"
#include "transport/tls_files.h"
#include "transport/tls_time.h"

namespace cloister::transport {

namespace {

// Clocks of responders and servers differ a little; OpenSSL's own client allows this much.
constexpr std::chrono::minutes clock_skew{5};

const char* const remedy = "; fetch it again, or remove the file";

OcspBasic parse(const Secret& der, const std::string& path) {
    const unsigned char* at = der.bytes().data();
    const OcspResponse response(
        ::d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.bytes().size())));
    if (response == nullptr) {
        refuse(EX_CONFIG, path,
               "it is no OCSP response in DER (" + openssl_reason() + ")" + remedy);
    }
    const int status = ::OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        refuse(EX_CONFIG, path,
               std::string("the responder did not answer, it said \"") +
                   ::OCSP_response_status_str(status) + "\"" + remedy);
    }
    OcspBasic basic(::OCSP_response_get1_basic(response.get()));
    if (basic == nullptr) {
        refuse(EX_CONFIG, path, "it is malformed (" + openssl_reason() + ")" + remedy);
    }
    return basic;
}

bool is_about(const OCSP_SINGLERESP& single, const X509& leaf, X509* issuer) {
    // The functions want what they do not change without const.
    auto* const id = const_cast<OCSP_CERTID*>(::OCSP_SINGLERESP_get0_id(&single));
    ASN1_OBJECT* hash = nullptr;
    ASN1_INTEGER* serial = nullptr;
    if (::OCSP_id_get0_info(nullptr, &hash, nullptr, &serial, id) != 1) {
        return false;
    }
    if (issuer == nullptr) {  // Not in the file, so its name and key cannot be compared.
        return ::ASN1_INTEGER_cmp(serial, ::X509_get0_serialNumber(&leaf)) == 0;
    }
    const EVP_MD* const digest = ::EVP_get_digestbyobj(hash);
    const OcspId expected(digest == nullptr ? nullptr : ::OCSP_cert_to_id(digest, &leaf, issuer));
    return expected != nullptr && ::OCSP_id_cmp(id, expected.get()) == 0;
}

OCSP_SINGLERESP* answer_in(OCSP_BASICRESP& basic, const Chain& chain) {
    X509* const issuer =
        sk_X509_num(chain.issuers.get()) == 0 ? nullptr : sk_X509_value(chain.issuers.get(), 0);
    for (int index = 0; index < ::OCSP_resp_count(&basic); ++index) {
        OCSP_SINGLERESP* const single = ::OCSP_resp_get0(&basic, index);
        if (is_about(*single, *chain.leaf, issuer)) {
            return single;
        }
    }
    return nullptr;
}

}  // namespace

Staple staple_in(const std::string& path, const Chain& chain, std::chrono::sys_seconds now,
                 std::vector<std::string>& warnings) {
    const Secret der = read_file(path);
    const OcspBasic basic = parse(der, path);
    OCSP_SINGLERESP* const answer = answer_in(*basic, chain);
    ::ERR_clear_error();
    if (answer == nullptr) {
        refuse(EX_CONFIG, path, std::string("it is about another certificate") + remedy);
    }
    ASN1_GENERALIZEDTIME* this_update = nullptr;
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    const int status =
        ::OCSP_single_get0_status(answer, nullptr, nullptr, &this_update, &next_update);
    if (status != V_OCSP_CERTSTATUS_GOOD) {
        refuse(EX_CONFIG, path,
               std::string("it says that the certificate is ") + ::OCSP_cert_status_str(status) +
                   "; have a new one issued, for a new key");
    }
    const auto from = this_update == nullptr ? std::nullopt : time_of(*this_update);
    const auto until = next_update == nullptr ? std::nullopt : time_of(*next_update);
    if (!from || (next_update != nullptr && !until)) {
        refuse(EX_CONFIG, path, std::string("its times are malformed") + remedy);
    }
    if (until && *until < now) {
        warnings.push_back(path + ": the OCSP response expired on " + day_text(*until) +
                           ", ignoring it");
        return {};
    }
    if (*from > now + clock_skew) {
        warnings.push_back(path + ": the OCSP response is not valid before " + day_text(*from) +
                           ", ignoring it");
        return {};
    }
    return {.der = std::string(der.text()),
            .until = until.value_or(std::chrono::sys_seconds::max())};
}

}  // namespace cloister::transport
