// SPDX-License-Identifier: MIT
#include "press/rule_lines.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "http/fields.h"

namespace cloister::press {

namespace limits = base::limits;

RuleLines::RuleLines(std::string_view text, std::string shown)
    : rest_(text), shown_(std::move(shown)) {
    if (text.size() > limits::rules_file_bytes) {
        throw base::Failure(EX_CONFIG, shown_ + " has more than " +
                                           std::to_string(limits::rules_file_bytes) +
                                           " bytes; put rules for many paths into one, with *");
    }
    // What editors of Windows put in front of UTF-8.
    if (rest_.starts_with("\xef\xbb\xbf")) {
        rest_.remove_prefix(3);
    }
}

bool RuleLines::next() {
    while (!rest_.empty()) {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        line_ = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        if (line_.ends_with('\r')) {
            line_.remove_suffix(1);
        }
        line_ = http::trim(line_);
        if (line_.empty() || line_.front() == '#') {
            continue;
        }
        if (line_.size() > limits::rule_line_bytes) {
            refuse("a line has at most " + std::to_string(limits::rule_line_bytes) + " bytes");
        }
        if (!http::is_field_value(line_)) {
            refuse("a control byte stands in the line; remove it");
        }
        return true;
    }
    return false;
}

void RuleLines::refuse(std::size_t number, const std::string& what) const {
    throw base::Failure(EX_CONFIG, shown_ + ":" + std::to_string(number) + ": " + what);
}

std::string_view cut_word(std::string_view& text) {
    text = http::trim(text);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = http::trim(text.substr(end));
    return word;
}

}  // namespace cloister::press
