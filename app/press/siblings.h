// SPDX-License-Identifier: MIT
// Files that hold another file, compressed by whoever publishes the site: page.html.br beside
// page.html.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "site/coding.h"

namespace cloister::press {

struct Sibling {
    site::Coding coding = site::Coding::identity;
    std::string_view name;  // of the file that it would hold
};

// What a file of that name may hold; nothing if the name does not end as one that holds another.
std::optional<Sibling> sibling_named(std::string_view name);

// Empty if `coded` holds `content`. Else why it cannot be sent in its place, as the end of a
// sentence: "is not the file beside it, compressed". brotli and gzip are read to their end; of
// Zstandard the length and the checksum count that the frame says.
std::string objection_to(site::Coding coding, std::string_view coded, std::string_view content);

}  // namespace cloister::press
