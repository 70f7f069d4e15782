// SPDX-License-Identifier: MIT
// Any bytes as a query: bounded parameters, each named, none longer than what was sent.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "routes/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view query(reinterpret_cast<const char*>(data), size);
    const auto parameters = cloister::routes::parse_query(query);
    if (!parameters) {
        return 0;
    }
    std::size_t bytes = 0;
    for (const auto& [name, value] : *parameters) {
        if (name.empty()) {
            std::abort();
        }
        bytes += name.size() + value.size();
    }
    if (bytes > size || parameters->size() > cloister::routes::parameter_count) {
        std::abort();
    }
    return 0;
}
