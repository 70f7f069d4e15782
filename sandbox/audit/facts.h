// SPDX-License-Identifier: MIT
// What the audit found besides its attempts, as lines of a name and a text: for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/audit/audit.h"

namespace cloister::sandbox::audit {

struct Fact {
    std::string_view name;
    std::string text;
};

// The filter, and the process with its surroundings.
std::vector<Fact> facts_of(const Result& result, std::string_view digest);

// "65534, 65534": of equal numbers one.
template <class Numbers>
std::string listed(const Numbers& numbers) {
    std::string text;
    bool are_equal = true;
    for (const auto number : numbers) {
        text += (text.empty() ? "" : ", ") + std::to_string(number);
        are_equal = are_equal && number == *numbers.begin();
    }
    return are_equal ? std::to_string(*numbers.begin()) : text;
}

// "0x3fffffffff", or "empty".
std::string capability_set(std::uint64_t set);

// "1000", or "unlimited".
std::string limit_text(std::uint64_t limit);

}  // namespace cloister::sandbox::audit
