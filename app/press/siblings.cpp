// SPDX-License-Identifier: MIT
#include "press/siblings.h"

#include "press/brotli.h"
#include "press/gzip.h"
#include "press/zstandard.h"
#include "site/hash.h"

namespace cloister::press {

namespace {

using site::Coding;

// What a reader of Zstandard over HTTP must be able to hold, and no more (RFC 9659 3).
constexpr std::uint64_t zstandard_window_bytes = 8U << 20U;

// RFC 8878 3.1.1: the lower half of XXH64, the lowest byte first.
bool ends_with_checksum_of(std::string_view content, std::string_view coded) {
    std::uint64_t sum = site::checksum_of(content);
    for (std::size_t index = coded.size() - 4; index < coded.size(); ++index) {
        if (static_cast<unsigned char>(coded[index]) != (sum & 0xffU)) {
            return false;
        }
        sum >>= 8U;
    }
    return true;
}

std::string objection_to_zstandard(std::string_view coded, std::string_view content) {
    const auto frame = read_zstandard_head(coded);
    if (!frame) {
        return "is no Zstandard frame";
    }
    if (frame->needs_dictionary) {
        return "needs a dictionary, which no browser has";
    }
    if (frame->window > zstandard_window_bytes) {
        return "needs a window of more than 8 MiB, which browsers refuse (compress it without "
               "--ultra and --long)";
    }
    if (!frame->content_size) {
        return "does not say how long its content is (compress the file, not a pipe)";
    }
    if (!frame->has_checksum) {
        return "has no checksum, by which it could be told whether it is the file beside it "
               "(compress it without --no-check)";
    }
    return *frame->content_size == content.size() && ends_with_checksum_of(content, coded)
               ? ""
               : "is not the file beside it, compressed";
}

}  // namespace

std::optional<Sibling> sibling_named(std::string_view name) {
    for (const site::CodingName& row : site::coding_names) {
        if (!row.extension.empty() && name.ends_with(row.extension) &&
            name.size() > row.extension.size()) {
            return Sibling{row.coding, name.substr(0, name.size() - row.extension.size())};
        }
    }
    return std::nullopt;
}

std::string objection_to(Coding coding, std::string_view coded, std::string_view content) {
    if (coding == Coding::zstandard) {
        return objection_to_zstandard(coded, content);
    }
    const bool holds =
        coding == Coding::brotli ? is_brotli_of(coded, content) : is_gzip_of(coded, content);
    return holds ? "" : "is not the file beside it, compressed";
}

}  // namespace cloister::press
