// SPDX-License-Identifier: MIT
#include <algorithm>
#include <tuple>

#include "http/fields.h"
#include "press/listing.h"

namespace cloister::press {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Cuts the digits at the beginning of `text` from it; returns them without leading zeros.
std::string_view cut_number(std::string_view& text) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
    std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(number.size());
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

// Below, at or above 0, as the left one comes before, with or after the right one.
int compare(std::string_view left, std::string_view right) {
    while (!left.empty() && !right.empty()) {
        if (is_digit(left.front()) && is_digit(right.front())) {
            const std::string_view first = cut_number(left);
            const std::string_view second = cut_number(right);
            if (first.size() != second.size()) {
                return first.size() < second.size() ? -1 : 1;
            }
            if (const int order = first.compare(second); order != 0) {
                return order;
            }
            continue;
        }
        const auto first = static_cast<unsigned char>(http::to_lower(left.front()));
        const auto second = static_cast<unsigned char>(http::to_lower(right.front()));
        if (first != second) {
            return first < second ? -1 : 1;
        }
        left.remove_prefix(1);
        right.remove_prefix(1);
    }
    return static_cast<int>(!left.empty()) - static_cast<int>(!right.empty());
}

}  // namespace

void sort_for_people(std::vector<ListedName>& names) {
    std::sort(names.begin(), names.end(), [](const ListedName& left, const ListedName& right) {
        if (left.is_folder != right.is_folder) {
            return left.is_folder;
        }
        const int order = compare(left.name, right.name);
        return order != 0 ? order < 0 : left.name < right.name;  // "a" and "A" always alike
    });
}

}  // namespace cloister::press
