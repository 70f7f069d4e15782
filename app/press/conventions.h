// SPDX-License-Identifier: MIT
// What people expect of a folder that is published: index.html, paths without ".html", 404.html.
#pragma once

#include "press/draft.h"

namespace cloister::press {

// What not every site wants.
struct Conventions {
    bool single_page = false;  // /index.html answers, with 200, for what the site has not
    bool listing = false;      // a folder without index.html is listed (listings.h)
};

// Adds the paths that follow from those of the files; none takes the place of a file.
//
//     /docs/index.html   answers at /docs/ too, and /docs leads there
//     /about.html        answers at /about too, and /about/ leads there unless there is such a
//                        folder with an index; /about.html still answers, as links say it
//     /docs/404.html     answers, with 404, for what /docs/ has not, and all folders below that
//                        have no such page
//
// Throws base::Failure for a single page that is not there.
void apply_conventions(Draft& draft, const Conventions& wishes);

}  // namespace cloister::press
