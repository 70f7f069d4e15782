// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/one_line.h"

namespace cloister::base {

Log Log::to_standard_error() {
    return Log(std::getenv("JOURNAL_STREAM") !=
               nullptr);  // NOLINT(concurrency-mt-unsafe): no thread yet
}

void Log::write(char priority, std::string_view line) const {
    std::string text;
    text.reserve(line.size() + 16);
    if (to_journal_) {
        text += {'<', priority, '>'};
    } else {
        text += "cloister: ";
    }
    text += one_line(line);
    text += '\n';
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace cloister::base
