// SPDX-License-Identifier: MIT
// The Range field comes from the client: whatever it holds, what is satisfiable lies inside.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "site/range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    using cloister::site::parse_range;
    using cloister::site::Range;
    std::uint64_t size = 0;
    if (length < sizeof size) {
        return 0;
    }
    std::memcpy(&size, data, sizeof size);
    const std::string_view field(reinterpret_cast<const char*>(data) + sizeof size,
                                 length - sizeof size);
    for (const std::uint64_t representation : {size, size % 1000, std::uint64_t{0}}) {
        const Range range = parse_range(field, representation);
        const bool inside = range.length >= 1 && range.length <= representation &&
                            range.offset <= representation - range.length;
        const bool nothing = range.offset == 0 && range.length == 0;
        if (range.kind == Range::Kind::satisfiable ? !inside : !nothing) {
            std::abort();
        }
    }
    return 0;
}
