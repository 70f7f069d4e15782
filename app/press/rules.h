// SPDX-License-Identifier: MIT
// What the files _headers and _redirects in the root of a site say about it. They are rules for the
// server, so they are no files of the site.
#pragma once

#include <string_view>

#include "press/draft.h"

namespace cloister::press {

// Whether the file at `path`, as "/_headers", is one of the two.
bool is_rules_file(std::string_view path);

// Reads both from the draft's folder, where they are: sets Draft::header_rules and
// Draft::redirects. Throws std::system_error or base::Failure that names the file, and the line if
// there is something wrong in it.
void read_rules(Draft& draft);

// Holds the redirects to the paths of the draft, which are all there by then. Throws base::Failure
// that names file and line for a page that a rule serves and the site has not; warns of a rule that
// never counts because something stands at its path.
void check_redirects(Draft& draft);

// Gives all answers of the draft their last fields: what every answer says for the good of
// visitors, and then what the rules say. Before it, Answer::fields are the server's own: the type,
// the caching. A redirect, and what no answer of the draft is for, is told by the rules for all
// paths alone ("/*").
void settle_fields(Draft& draft);

}  // namespace cloister::press
