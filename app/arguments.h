// SPDX-License-Identifier: MIT
// The words of a command line, and what may stand in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloister {

// The arguments from left to right; a flag's value stands behind it or after "=".
class Arguments {
  public:
    Arguments(int argc, const char* const* argv);

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    [[nodiscard]] std::string_view front() const { return rest_.back(); }

    void drop() { rest_.pop_back(); }

    // True if the next argument is `flag`; takes it and its value. Refuses a flag without one.
    bool take(std::string_view flag, std::string& value);

  private:
    std::vector<std::string> rest_;  // the next one last
};

// The number in `text`, which is the value of `flag`. Refuses what is none, or not within the
// bounds.
std::size_t parse_count(std::string_view flag, std::string_view text, std::size_t least,
                        std::size_t most);

// Bytes: a number, or one with K, M or G behind it, each 1024 times the one before.
std::uint64_t parse_size(std::string_view flag, std::string_view text);

// Throws base::Failure (EX_USAGE) with the message, and where to read more.
[[noreturn]] void refuse_arguments(const std::string& message);

}  // namespace cloister
