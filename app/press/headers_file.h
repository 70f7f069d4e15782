// SPDX-License-Identifier: MIT
// The file _headers in the root of a site, in the format that Netlify and Cloudflare Pages
// document:
//
//     # comment
//     /path/with/*/and/:name
//       Name: value, in which :splat and :name stand for what was there
//       ! Name
//
// Every block whose path describes what is answered counts, in the order of the file. A field
// replaces the server's own of that name; said twice, the values are joined with a comma. "! Name"
// takes away what the server or an earlier block has said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "press/path_pattern.h"

namespace cloister::press {

struct HeaderRule {
    // A line of the block.
    struct Step {
        bool detaches = false;
        std::string name;   // as written
        std::string value;  // as written; with :name in it
    };

    PathPattern path;
    std::vector<Step> steps;
};

// The blocks in `text`, in their order. Throws base::Failure (EX_CONFIG): "`shown`:LINE: " and what
// is wrong there, for the first line that is.
std::vector<HeaderRule> parse_headers(std::string_view text, const std::string& shown);

// Does to `fields`, which are the server's own for the decoded path, what the rules say.
void apply(const std::vector<HeaderRule>& rules, std::string_view path,
           std::vector<http::ResponseField>& fields);

}  // namespace cloister::press
