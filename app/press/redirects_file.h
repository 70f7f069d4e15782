// SPDX-License-Identifier: MIT
// The file _redirects in the root of a site, in the format that Netlify and Cloudflare Pages
// document:
//
//     FROM [NAME=VALUE...] TO [STATUS[!]]     # comment
//
// FROM is a path, with one * for anything and :name for a segment, or http(s):// and a host before
// it. TO is a path or a URL that may refer to them, as :splat and :name. NAME=VALUE asks for a
// parameter of the query, in any order; VALUE may be :name. STATUS is 301 unless it is said to be
// 302, 303, 307 or 308, or 200 or 404 for a page of the site in place of what was asked for. The
// first line that a request falls under counts, and only where no file is, unless '!' forces it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "site/redirects.h"

namespace cloister::press {

// A line. What each part means is said in site::Redirect.
struct RedirectRule {
    site::Redirect::Scheme scheme = site::Redirect::Scheme::any;
    site::Redirect::Slash slash = site::Redirect::Slash::any;
    bool is_forced = false;
    std::uint16_t status = 301;
    std::string host;
    std::string pattern;
    std::string parameters;
    std::string target;
    std::size_t line = 0;  // its number in the file

    // The same, to be rendered; borrows from this.
    [[nodiscard]] site::Redirect lent() const;

    // Whether the target is a page of this site, the same for every request.
    [[nodiscard]] bool is_fixed_page() const;
};

// The rules in `text`, in their order. Throws base::Failure (EX_CONFIG): "`shown`:LINE: " and what
// is wrong there, for the first line that is.
std::vector<RedirectRule> parse_redirects(std::string_view text, const std::string& shown);

// The rules as site::Redirects reads them.
std::string render(const std::vector<RedirectRule>& rules);

}  // namespace cloister::press
