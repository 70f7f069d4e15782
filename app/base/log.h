// SPDX-License-Identifier: MIT
// One line for each event, on standard error, in one write(2): the only call it needs under
// confinement.
#pragma once

#include <string_view>

namespace cloister::base {

class Log {
  public:
    // Under journald (JOURNAL_STREAM, systemd.exec(5)) lines begin with their priority as
    // sd-daemon(3) says, by hand with "cloister: ".
    static Log to_standard_error();

    // Whatever `line` holds leaves as one line of text (one_line.h). Lost if the stream is.
    void error(std::string_view line) const { write('3', line); }

    void warning(std::string_view line) const { write('4', line); }

    void notice(std::string_view line) const { write('5', line); }

    void info(std::string_view line) const { write('6', line); }

  private:
    explicit Log(bool to_journal) : to_journal_(to_journal) {}

    void write(char priority, std::string_view line) const;

    bool to_journal_;
};

}  // namespace cloister::base
