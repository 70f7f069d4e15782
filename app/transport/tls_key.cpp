// SPDX-License-Identifier: MIT
#include "transport/tls_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "transport/tls_files.h"
#include "transport/tls_pem.h"

namespace cloister::transport {

namespace {

using Bytes = std::span<unsigned char>;

constexpr unsigned char integer = 0x02;
constexpr unsigned char octet_string = 0x04;
constexpr unsigned char object_identifier = 0x06;
constexpr unsigned char sequence = 0x30;

// The elements of some DER (X.690 8.1 and 10.1), from the first on.
class Der {
  public:
    explicit Der(Bytes rest) : rest_(rest) {}

    // The next element's content. Empty, from then on, if that has another tag or is cut off; none
    // that a key needs is empty in itself.
    Bytes take(unsigned char tag) {
        const std::optional<std::size_t> size =
            rest_.empty() || rest_[0] != tag ? std::nullopt : take_head();
        if (!size || *size > rest_.size()) {
            rest_ = {};
            return {};
        }
        const Bytes content = rest_.first(*size);
        rest_ = rest_.subspan(*size);
        return content;
    }

  private:
    // Steps over tag and length, which has at most two bytes of its own: keys are below 64 KiB.
    std::optional<std::size_t> take_head() {
        constexpr unsigned char long_form = 0x80;
        const std::size_t first = rest_.size() < 2 ? long_form : rest_[1];
        const std::size_t count = first < long_form ? 0 : first - long_form;
        if (first == long_form || count > 2 || rest_.size() < 2 + count) {
            return std::nullopt;
        }
        std::size_t size = count == 0 ? first : 0;
        for (std::size_t index = 0; index < count; ++index) {
            size = size << 8 | rest_[2 + index];
        }
        rest_ = rest_.subspan(2 + count);
        return size;
    }

    Bytes rest_;
};

struct Kind {
    int type;                 // as EVP_PKEY_get_base_id(3) has it
    std::string_view label;   // in PEM, outside of PKCS #8
    std::string_view object;  // identifier within PKCS #8
};

constexpr std::array<Kind, 3> kinds = {{
    {EVP_PKEY_EC, "EC PRIVATE KEY", "\x2a\x86\x48\xce\x3d\x02\x01"},
    {EVP_PKEY_RSA, "RSA PRIVATE KEY", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"},
    {EVP_PKEY_ED25519, "", "\x2b\x65\x70"},
}};

// What the format of one kind describes, still in the block's bytes.
struct Wrapped {
    int type = EVP_PKEY_NONE;
    Bytes key;
};

std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Wrapped unwrap(PemBlock& block) {
    Bytes key = block.der.bytes();
    std::string_view object;
    if (block.label == "PRIVATE KEY") {
        Der fields(Der(key).take(sequence));
        fields.take(integer);
        object = text_of(Der(fields.take(sequence)).take(object_identifier));
        key = fields.take(octet_string);
    }
    for (const Kind& kind : kinds) {
        if (block.label == kind.label || (!object.empty() && object == kind.object)) {
            return {kind.type, key};
        }
    }
    return {};
}

// OSSL_PARAM(3) takes integers in the machine's byte order, and without a copy.
OSSL_PARAM number(const char* name, Bytes big_endian) {
    if constexpr (std::endian::native == std::endian::little) {
        std::reverse(big_endian.begin(), big_endian.end());
    }
    return ::OSSL_PARAM_construct_BN(name, big_endian.data(), big_endian.size());
}

Key make(int type, std::vector<OSSL_PARAM>& parameters) {
    parameters.push_back(::OSSL_PARAM_construct_end());
    const KeyMaker maker(::EVP_PKEY_CTX_new_id(type, nullptr));
    EVP_PKEY* key = nullptr;
    if (maker == nullptr || ::EVP_PKEY_fromdata_init(maker.get()) != 1 ||
        ::EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_KEYPAIR, parameters.data()) != 1) {
        return nullptr;
    }
    return Key(key);
}

// The file need not tell curve and public point (RFC 5915 3), so they are those of the certificate.
Key ecdsa_key(Bytes bytes, EVP_PKEY& public_key) {
    Der fields(Der(bytes).take(sequence));
    fields.take(integer);
    const Bytes secret = fields.take(octet_string);
    std::array<char, 64> curve{};
    std::array<unsigned char, 256> point{};
    std::size_t point_size = 0;
    if (secret.empty() ||
        ::EVP_PKEY_get_group_name(&public_key, curve.data(), curve.size(), nullptr) != 1 ||
        ::EVP_PKEY_get_octet_string_param(&public_key, OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size(), &point_size) != 1) {
        return nullptr;
    }
    std::vector<OSSL_PARAM> parameters = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
        ::OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point_size),
        number(OSSL_PKEY_PARAM_PRIV_KEY, secret),
    };
    return make(EVP_PKEY_EC, parameters);
}

Key rsa_key(Bytes bytes) {
    Der fields(Der(bytes).take(sequence));
    const Bytes version = fields.take(integer);
    if (version.size() != 1 || version[0] != 0) {  // 1 has more than two primes.
        return nullptr;
    }
    std::vector<OSSL_PARAM> parameters;
    for (const char* const name :
         {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
          OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
          OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
        const Bytes value = fields.take(integer);
        if (value.empty()) {
            return nullptr;
        }
        parameters.push_back(number(name, value));
    }
    return make(EVP_PKEY_RSA, parameters);
}

Key ed25519_key(Bytes bytes) {
    const Bytes seed = Der(bytes).take(octet_string);
    return Key(::EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
}

Key key_of(const Wrapped& wrapped, EVP_PKEY& public_key) {
    switch (wrapped.type) {
        case EVP_PKEY_EC:
            return ecdsa_key(wrapped.key, public_key);
        case EVP_PKEY_RSA:
            return rsa_key(wrapped.key);
        case EVP_PKEY_ED25519:
            return ed25519_key(wrapped.key);
        default:
            return nullptr;
    }
}

bool signs_for(EVP_PKEY& key, EVP_PKEY& public_key) {
    constexpr std::array<unsigned char, 8> text = {'c', 'l', 'o', 'i', 's', 't', 'e', 'r'};
    std::vector<unsigned char> signature(static_cast<std::size_t>(::EVP_PKEY_get_size(&key)));
    std::size_t size = signature.size();
    const Digest signing(::EVP_MD_CTX_new());
    const Digest checking(::EVP_MD_CTX_new());
    return ::EVP_DigestSignInit(signing.get(), nullptr, nullptr, nullptr, &key) == 1 &&
           ::EVP_DigestSign(signing.get(), signature.data(), &size, text.data(), text.size()) ==
               1 &&
           ::EVP_DigestVerifyInit(checking.get(), nullptr, nullptr, nullptr, &public_key) == 1 &&
           ::EVP_DigestVerify(checking.get(), signature.data(), size, text.data(), text.size()) ==
               1;
}

bool is_key(const PemBlock& block) {
    return block.label.ends_with("PRIVATE KEY");
}

}  // namespace

Key private_key_in(const Secret& pem, const std::string& path, EVP_PKEY& public_key,
                   const std::string& certificate_path) {
    std::vector<PemBlock> blocks = pem_blocks(pem, path);
    const auto block = std::find_if(blocks.begin(), blocks.end(), is_key);
    if (block == blocks.end()) {
        refuse(EX_CONFIG, path, "there is no private key in it; name the file that has it");
    }
    if (block->encrypted) {
        refuse(EX_CONFIG, path,
               "the key is encrypted, and nobody is there to type a password; take it away with "
               "openssl pkey -in " +
                   path + " -out FILE");
    }
    const Wrapped wrapped = unwrap(*block);
    if (wrapped.type == EVP_PKEY_NONE) {
        refuse(EX_CONFIG, path,
               "the key is malformed, or of another kind than ECDSA, RSA and Ed25519; make one "
               "with openssl genpkey, and a certificate for it");
    }
    Key key = key_of(wrapped, public_key);
    const bool matches = key != nullptr && ::EVP_PKEY_get_base_id(&public_key) == wrapped.type &&
                         signs_for(*key, public_key);
    ::ERR_clear_error();
    if (!matches) {
        refuse(EX_CONFIG, path,
               "the key is not that of the certificate in " + certificate_path +
                   "; put the two together that were made together");
    }
    return key;
}

}  // namespace cloister::transport
