// SPDX-License-Identifier: MIT
#include "press/index_writer.h"

#include <bit>
#include <cstdint>

#include "base/check.h"
#include "site/hash.h"

namespace cloister::press {

namespace {

std::uint32_t number(std::size_t value) {
    if (value > UINT32_MAX) {
        throw base::Failure(EX_CONFIG,
                            "too many files for one site: their index would have more "
                            "than 4 GiB");
    }
    return static_cast<std::uint32_t>(value);
}

void align(std::string& bytes) {
    bytes.append((8 - bytes.size() % 8) % 8, '\0');
}

template <class Row>
site::Table append_table(const std::vector<Row>& rows, std::string& bytes) {
    align(bytes);
    const site::Table table{.offset = number(bytes.size()), .count = number(rows.size())};
    bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
    return table;
}

}  // namespace

site::Text IndexWriter::text(std::string_view bytes) {
    const site::Text where{.offset = number(pool.size()), .length = number(bytes.size())};
    pool += bytes;
    return where;
}

site::Block IndexWriter::block(const Fields& fields) {
    if (fields.empty()) {
        return 0;
    }
    std::string bytes = http::FieldBlock::render(fields);
    const auto [known, is_new] = blocks.try_emplace(std::move(bytes), number(pool.size()));
    if (is_new) {
        pool += known->first;
    }
    return known->second;
}

site::Block IndexWriter::own_block(const Fields& fields) {
    return text(http::FieldBlock::render(fields)).offset;
}

// Half of the slots are empty at least, so that a search ends soon.
void IndexWriter::index_entries(site::Host& host, std::size_t count) {
    const std::size_t room = std::bit_ceil(2 * count + 1);
    host.slot = number(slots.size());
    host.slot_mask = number(room - 1);
    slots.resize(slots.size() + room);
    for (std::size_t index = entries.size() - count; index < entries.size(); ++index) {
        const site::Text& path = entries[index].path;
        const std::uint64_t hash =
            site::hash_of(std::string_view(pool).substr(path.offset, path.length));
        std::uint64_t at = hash;
        while (slots[host.slot + (at & host.slot_mask)].entry != 0) {
            ++at;
        }
        slots[host.slot + (at & host.slot_mask)] = {.hash = static_cast<std::uint32_t>(hash >> 32U),
                                                    .entry = number(index + 1)};
    }
}

void IndexWriter::finish(Store& store, site::Header header) && {
    std::string index = std::move(pool);
    header.hosts = append_table(hosts, index);
    header.slots = append_table(slots, index);
    header.entries = append_table(entries, index);
    header.variants = append_table(variants, index);
    header.contents = append_table(contents, index);
    align(index);
    header.index_bytes = number(index.size());
    std::string sums;
    for (std::size_t at = 0; at < header.index_bytes; at += site::image_sum_bytes) {
        const std::uint64_t sum =
            site::checksum_of(std::string_view(index).substr(at, site::image_sum_bytes));
        sums.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    }
    header.sums_checksum = site::checksum_of(sums);
    header.index = store.add(index).offset;
    store.add(sums);
    store.finish(header);
}

}  // namespace cloister::press
