// SPDX-License-Identifier: MIT
// How a site is made, from its folder to what is served: all steps in their order.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "press/budget.h"
#include "press/conventions.h"
#include "site/site.h"

namespace cloister::press {

struct Settings {
    bool has_hosts = false;  // the folder holds one for each host (hosts.h)
    Conventions conventions;
    Budget budget;            // of a folder that is served; an image needs none
    base::Progress progress;  // may be empty
};

struct Pressed {
    site::Site site;
    std::vector<std::string> warnings;  // whole sentences that end in ", ignoring"
};

// The site at `path`: a folder, of which it is made now, or an image, which is opened. Throws
// std::system_error or base::Failure, naming the path and the remedy.
Pressed open_site(const std::string& path, const Settings& settings = {});

// Makes an image of `folder`, and opens it. Whatever stands at the path `image` is replaced when
// all is written and sound; if anything fails, nothing is left. Throws as open_site() does, and
// base::Failure for an image that cannot be written, or would lie in the folder.
Pressed pack(const std::string& folder, const std::string& image, Settings settings = {});

}  // namespace cloister::press
