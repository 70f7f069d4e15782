// SPDX-License-Identifier: MIT
// The Range field comes from the client: whatever it holds, what is satisfiable lies inside, and no
// byte is sent twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "site/ranges.h"

namespace {

using cloister::site::Part;
using cloister::site::Ranges;

bool lies_inside(const Part& part, std::uint64_t size) {
    return part.length != 0 && part.length <= size && part.offset <= size - part.length;
}

bool overlap(const Part& left, const Part& right) {
    return left.offset <= right.offset ? right.offset - left.offset < left.length
                                       : left.offset - right.offset < right.length;
}

void examine(const Ranges& ranges, std::uint64_t size) {
    bool good = (ranges.kind() == Ranges::Kind::satisfiable) != ranges.parts().empty();
    for (const Part& part : ranges.parts()) {
        good = good && lies_inside(part, size);
        for (const Part& other : ranges.parts()) {
            good = good && (&part == &other || !overlap(part, other));
        }
    }
    if (!good) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    std::uint64_t size = 0;
    if (length < sizeof size) {
        return 0;
    }
    std::memcpy(&size, data, sizeof size);
    const std::string_view field(reinterpret_cast<const char*>(data) + sizeof size,
                                 length - sizeof size);
    for (const std::uint64_t representation : {size, size % 1000, std::uint64_t{0}}) {
        examine(Ranges::of(field, representation), representation);
    }
    return 0;
}
