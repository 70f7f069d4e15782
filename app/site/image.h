// SPDX-License-Identifier: MIT
// The image: everything that will ever be answered, as flat bytes without an address in them. The
// layer press composes it; Site reads it in place, from memory or from a file that is mapped.
//
//     Header      at 0
//     bodies      one behind the other
//     index       at Header::index: what the rows of its tables point to, then the tables
//     sums        behind the index: a checksum for each 64 KiB of it, so that damage has a place
//
// Whatever one answer is made of (fields, tags, dates) is rendered when the image is composed:
// serving picks, and computes nothing. Numbers have the byte order of the machine that composed the
// image. A change of any record here makes a new `image_version`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "site/coding.h"

namespace cloister::site {

constexpr std::array<char, 8> image_magic = {'\x89', 'C', 'L', 'S', 'T', 'R', '\r', '\n'};
constexpr std::uint32_t image_version = 2;
constexpr std::uint32_t image_byte_order = 0x01020304;
constexpr std::uint64_t image_sum_bytes = 65536;  // of the index, for one sum

// A string or a block of fields in the index, by its bytes from the index's beginning.
struct Text {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

// A block that http::FieldBlock::render() made, by its place in the index. 0 is no field.
using Block = std::uint32_t;

// Rows of one record, one behind the other, aligned to 8 bytes.
struct Table {
    std::uint32_t offset = 0;  // bytes from the index's beginning
    std::uint32_t count = 0;
};

// One site: what is answered to those who ask for this host.
struct Host {
    Text name;                         // in lower case, without a port; "" answers for every other
    std::uint32_t slot = 0;            // its first
    std::uint32_t slot_mask = 0;       // how many it has, a power of two, less one
    std::uint32_t fallback_depth = 0;  // slashes of its deepest folder that has a fallback
    Block fields = 0;         // of answers that no entry makes: 405, 412, 416, 404 without a page
    Block secure_fields = 0;  // of the same, if they go over TLS
    std::uint32_t redirects = 0;  // what Redirects::render() made, by its place in the index; 0:
                                  // there are none
};

// A place in the hash table of a host: the entry of path P lies at hash_of(P) & slot_mask or, while
// others are there, behind it. The last slot is followed by the first.
struct Slot {
    std::uint32_t hash = 0;   // the upper half of hash_of(path)
    std::uint32_t entry = 0;  // its number, plus one; 0 for none
};

// What stands at a path. A path begins with a slash. A fallback, which answers for what a folder
// has not, stands at the folder's path without that slash: "docs/" for /docs/, "" for the root.
struct Entry {
    Text path;                        // decoded, exactly as a request's
    std::uint32_t variant = 0;        // the first
    std::uint16_t variant_count = 0;  // 0: there is no body but the status in words
    std::uint16_t status = 200;       // with any other, neither preconditions nor ranges count
    Text location;                    // where a redirect leads; empty for none
    Block fields = 0;                 // of an answer without a variant
    Block secure_fields = 0;          // of every answer over TLS
    std::uint32_t flags = 0;          // see below
    std::uint32_t unused = 0;
};

// The query of the request is put behind Entry::location.
constexpr std::uint32_t entry_keeps_query = 1;

// One representation as an entry sends it. Those of an entry lie one behind the other, identity
// first if it is there, each coding once.
struct Variant {
    std::uint32_t content = 0;
    Block fields = 0;        // of 200 and 206, or of the entry's other status
    Block not_modified = 0;  // of 304 (RFC 9110 15.4.5), beside the validators
    Coding coding = Coding::identity;
    std::array<std::uint8_t, 3> unused{};
};

// The bytes of a representation, and what tells them apart; entries may share it.
struct Content {
    std::uint64_t offset = 0;    // bytes, into the image or the file
    std::uint64_t length = 0;    // bytes
    std::int64_t modified = 0;   // seconds since 1970; one that HTTP can say
    std::uint64_t checksum = 0;  // checksum_of() the bytes, if they are in the image
    Text entity_tag;             // with its quotes; strong
    Block validators = 0;        // ETag and Last-Modified
    // 0: in the image, and sent from its mapping. 1: in the image, and sent from its descriptor.
    // Else an open file beside the image: the number of it, plus 2.
    std::uint32_t home = 0;
};

constexpr std::uint32_t home_mapped = 0;
constexpr std::uint32_t home_image = 1;
constexpr std::uint32_t home_first_file = 2;

struct Header {
    std::array<char, 8> magic = image_magic;
    std::uint32_t version = image_version;
    std::uint32_t byte_order = image_byte_order;
    std::uint64_t bytes = 0;        // of the whole image; a shorter one has been cut off
    std::uint64_t index = 0;        // its offset; a multiple of 8
    std::uint64_t index_bytes = 0;  // a multiple of 8; the sums follow
    std::uint64_t sums_checksum = 0;
    std::uint64_t asset_count = 0;  // files of the folder that it was made of
    std::uint64_t file_count = 0;   // open files beside it; 0 for one that lies on a disk
    Table hosts;                    // sorted by their names
    Table slots;
    Table entries;
    Table variants;
    Table contents;
    std::uint64_t checksum = 0;  // of all before it
};

}  // namespace cloister::site
