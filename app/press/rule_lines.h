// SPDX-License-Identifier: MIT
// A file of rules, line by line. Whatever is wrong with one says which file and which line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloister::press {

class RuleLines {
  public:
    // `text` is the whole file and outlives this; `shown` is what messages call it. Throws
    // base::Failure (EX_CONFIG) for a file longer than limits::rules_file_bytes.
    RuleLines(std::string_view text, std::string shown);

    // Goes to the next line that is neither empty nor a comment; false after the last. Throws
    // base::Failure for one longer than limits::rule_line_bytes, and one with a control byte.
    bool next();

    // The line, without the white space around it.
    [[nodiscard]] std::string_view line() const { return line_; }

    // Its number; the first is 1.
    [[nodiscard]] std::size_t number() const { return number_; }

    // Throws base::Failure (EX_CONFIG): "FILE:LINE: `what`", of this line or another one. `what`
    // says what is wrong and what to do.
    [[noreturn]] void refuse(const std::string& what) const { refuse(number_, what); }

    [[noreturn]] void refuse(std::size_t number, const std::string& what) const;

  private:
    std::string_view rest_;
    std::string shown_;
    std::string_view line_;
    std::size_t number_ = 0;
};

// Cuts the first word from `text`, which loses the white space around it, too; empty if there is
// none.
std::string_view cut_word(std::string_view& text);

}  // namespace cloister::press
