// SPDX-License-Identifier: MIT
#include "arguments.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/check.h"

namespace cloister {

Arguments::Arguments(int argc, const char* const* argv)
    : rest_(argv + std::min(argc, 1), argv + argc) {
    std::reverse(rest_.begin(), rest_.end());
}

bool Arguments::take(std::string_view flag, std::string& value) {
    const std::string argument = rest_.back();
    if (argument == flag) {
        rest_.pop_back();
        if (rest_.empty()) {
            refuse_arguments(std::string(flag) + " needs a value");
        }
        value = rest_.back();
    } else if (argument.starts_with(std::string(flag) + "=")) {
        value = argument.substr(flag.size() + 1);
    } else {
        return false;
    }
    rest_.pop_back();
    if (value.empty()) {
        refuse_arguments(std::string(flag) + " needs a value that is not empty");
    }
    return true;
}

std::size_t parse_count(std::string_view flag, std::string_view text, std::size_t least,
                        std::size_t most) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
        refuse_arguments(std::string(flag) + " takes a number from " + std::to_string(least) +
                         " to " + std::to_string(most) + ", not \"" + std::string(text) + "\"");
    }
    return value;
}

std::uint64_t parse_size(std::string_view flag, std::string_view text) {
    constexpr std::string_view units = "KMG";
    const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
    const unsigned shift =
        unit == std::string_view::npos ? 0 : 10 * (static_cast<unsigned>(unit) + 1);
    const std::string_view digits = text.substr(0, text.size() - (shift == 0 ? 0 : 1));
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() ||
        value > std::numeric_limits<std::uint64_t>::max() >> shift) {
        refuse_arguments(std::string(flag) +
                         " takes a number of bytes, or one with K, M or G behind it, not \"" +
                         std::string(text) + "\"");
    }
    return value << shift;
}

void refuse_arguments(const std::string& message) {
    throw base::Failure(EX_USAGE, message + "; see --help");
}

}  // namespace cloister
