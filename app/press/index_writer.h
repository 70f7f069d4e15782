// SPDX-License-Identifier: MIT
// The index of an image while it grows: its rows, and the strings and blocks that they point to.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "press/draft.h"
#include "press/store.h"
#include "site/image.h"

namespace cloister::press {

struct IndexWriter {
    // Appends a string.
    site::Text text(std::string_view bytes);

    // Renders fields; the same fields become the same block. None for no field. Throws
    // std::invalid_argument as http::FieldBlock::render() does.
    site::Block block(const Fields& fields);

    // The same for fields that nothing else has: they are not remembered.
    site::Block own_block(const Fields& fields);

    // Makes the slots of `host` for its entries, which are the last `count` ones.
    void index_entries(site::Host& host, std::size_t count);

    // Appends the index and its sums to the store, and finishes it. `header` says the counts.
    // Throws base::Failure for an index beyond 4 GiB.
    void finish(Store& store, site::Header header) &&;

    std::vector<site::Host> hosts;
    std::vector<site::Slot> slots;
    std::vector<site::Entry> entries;
    std::vector<site::Variant> variants;
    std::vector<site::Content> contents;
    std::string pool = std::string(8, '\0');  // 0 is no block, so none begins there
    std::unordered_map<std::string, site::Block> blocks;
};

}  // namespace cloister::press
