// SPDX-License-Identifier: MIT
// The folder in which an ACME client leaves its challenges: a file for each, which bears the
// token's name and holds the key authorization (RFC 8555 8.3). certbot's webroot, lego's
// http.webroot, uacme's and dehydrated's hooks all do so.
#pragma once

#include <string>
#include <vector>

namespace cloister::acme {

struct Challenges {
    std::vector<std::string> answers;   // key authorizations, the newest first
    std::vector<std::string> warnings;  // what was left out, and why; a line each
};

// What lies in `folder` now; nothing if there is none. Links and whatever is no regular file are
// left out, and so is a file that does not hold the answer to its own name, as one that is just
// being written; white space at its end does not matter. Of too many, the newest count. Throws
// std::system_error if the folder cannot be read.
Challenges read_challenges(const std::string& folder);

}  // namespace cloister::acme
