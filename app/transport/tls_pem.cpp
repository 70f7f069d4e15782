// SPDX-License-Identifier: MIT
#include "transport/tls_pem.h"

#include <openssl/evp.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/check.h"
#include "base/one_line.h"
#include "transport/tls_files.h"

namespace cloister::transport {

namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view white_space = " \t\r\n";

// `text` decoded (RFC 4648 4), white space ignored; nothing if it is no base64. EVP_DecodeBlock
// works in place, while EVP_DecodeUpdate keeps a line that it does not wipe.
std::optional<Secret> decode(std::string_view text) {
    Secret packed(text.size());
    std::size_t size = 0;
    for (const char letter : text) {
        if (white_space.find(letter) == std::string_view::npos) {
            packed.bytes()[size++] = static_cast<unsigned char>(letter);
        }
    }
    packed.shorten(size);
    const std::size_t data = packed.text().find_last_not_of('=') + 1;
    const std::size_t padding = size - data;
    if (data == 0 || size % 4 != 0 || padding > 2 ||
        packed.text().substr(0, data).find('=') != std::string_view::npos) {
        return std::nullopt;
    }
    Secret decoded(size / 4 * 3);
    const int length = ::EVP_DecodeBlock(decoded.bytes().data(), packed.bytes().data(),
                                         static_cast<int>(packed.bytes().size()));
    if (length < 0 || static_cast<std::size_t>(length) != decoded.bytes().size()) {
        return std::nullopt;
    }
    decoded.shorten(decoded.bytes().size() - padding);
    return decoded;
}

// What follows the header fields (RFC 1421 4.4), if there are any: they end at an empty line.
std::string_view without_fields(std::string_view body) {
    if (body.find(':') == std::string_view::npos) {
        return body;
    }
    for (const std::string_view empty_line : {"\n\n", "\n\r\n"}) {
        if (const std::size_t at = body.find(empty_line); at != std::string_view::npos) {
            return body.substr(at + empty_line.size());
        }
    }
    return body;
}

bool is_encrypted(std::string_view label, std::string_view body) {
    return label.starts_with("ENCRYPTED ") ||
           body.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

}  // namespace

std::vector<PemBlock> pem_blocks(const Secret& file, const std::string& path) {
    std::vector<PemBlock> blocks;
    std::string_view rest = file.text();
    for (std::size_t at = rest.find(begin_mark); at != std::string_view::npos;
         at = rest.find(begin_mark)) {
        rest.remove_prefix(at + begin_mark.size());
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const std::string_view label = line.substr(0, line.find(dashes));
        const std::string shown = base::one_line(label, 64);
        const std::size_t end = rest.find(end_mark);
        if (label.size() == line.size() || end == std::string_view::npos ||
            !rest.substr(end + end_mark.size()).starts_with(label)) {
            refuse(EX_CONFIG, path,
                   "its block \"" + shown + "\" has no end; the file is cut off, write it again");
        }
        PemBlock block{.label = std::string(label), .encrypted = false, .der = {}};
        const std::string_view body =
            rest.substr(label.size() + dashes.size(), end - label.size() - dashes.size());
        block.encrypted = is_encrypted(label, body);
        if (!block.encrypted) {
            std::optional<Secret> der = decode(without_fields(body));
            if (!der) {
                refuse(EX_CONFIG, path,
                       "its block \"" + shown +
                           "\" is not base64; the file is damaged, write it again");
            }
            block.der = std::move(*der);
        }
        blocks.push_back(std::move(block));
        rest.remove_prefix(end);
    }
    if (blocks.empty()) {
        refuse(EX_CONFIG, path,
               "it is not PEM, which has lines like -----BEGIN CERTIFICATE-----; if it is DER, "
               "convert it with openssl x509 or openssl pkey and -inform DER");
    }
    return blocks;
}

}  // namespace cloister::transport
