// SPDX-License-Identifier: MIT
#include "transport/tls_certificate.h"

#include <array>

#include "base/check.h"
#include "base/one_line.h"
#include "transport/tls_files.h"
#include "transport/tls_time.h"

namespace cloister::transport {

const char* name_of(KeyType type) {
    switch (type) {
        case KeyType::ecdsa:
            return "ECDSA";
        case KeyType::rsa:
            return "RSA";
        case KeyType::ed25519:
            return "Ed25519";
    }
    return "";
}

std::string curve_of(const EVP_PKEY& key) {
    std::array<char, 64> name{};
    const bool named = ::EVP_PKEY_get_group_name(&key, name.data(), name.size(), nullptr) == 1;
    return named ? name.data() : "without a name";
}

std::string subject_of(const X509& certificate) {
    const X509_NAME* const subject = ::X509_get_subject_name(&certificate);
    const Bio text(::BIO_new(::BIO_s_mem()));
    const char* data = nullptr;
    if (text == nullptr || ::X509_NAME_print_ex(text.get(), subject, 0, XN_FLAG_RFC2253) < 0) {
        return "?";
    }
    const long size = BIO_get_mem_data(text.get(), &data);
    return base::one_line({data, static_cast<std::size_t>(size)}, 200);
}

bool is_self_signed(X509& certificate) {
    return (::X509_get_extension_flags(&certificate) & EXFLAG_SS) != 0;
}

Validity validity_of(const X509& certificate, const std::string& path) {
    const auto begin = time_of(*::X509_get0_notBefore(&certificate));
    const auto end = time_of(*::X509_get0_notAfter(&certificate));
    if (!begin || !end) {
        refuse(EX_CONFIG, path, "its validity is malformed; have it issued again");
    }
    return {*begin, *end};
}

std::vector<std::string> names_of(const X509& certificate) {
    std::vector<std::string> names;
    const GeneralNames all(static_cast<GENERAL_NAMES*>(
        ::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int index = 0; index < sk_GENERAL_NAME_num(all.get()); ++index) {
        const GENERAL_NAME* const entry = sk_GENERAL_NAME_value(all.get(), index);
        if (entry->type != GEN_DNS) {
            continue;
        }
        std::string name(reinterpret_cast<const char*>(::ASN1_STRING_get0_data(entry->d.dNSName)),
                         static_cast<std::size_t>(::ASN1_STRING_length(entry->d.dNSName)));
        for (char& letter : name) {
            letter =
                letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
        }
        // One with a zero in it would end early for whoever reads it as C does.
        if (!name.empty() && base::one_line(name) == name) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

}  // namespace cloister::transport
