// SPDX-License-Identifier: MIT
// Any bytes made fit for one line that a person reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloister::base {

// `text` as one line of valid UTF-8 (RFC 3629) of at most `limit_bytes`: white space that breaks
// lines becomes a space, any other control byte (C0, DEL, C1) and each byte that is not UTF-8
// becomes '?', and what is too long is cut between two characters. sd_notify(3) asks this of
// STATUS=.
std::string one_line(std::string_view text, std::size_t limit_bytes = 1024);

}  // namespace cloister::base
