// SPDX-License-Identifier: MIT
// How a site is made, from its folder to what is served: all steps in their order.
#pragma once

#include <string>
#include <vector>

#include "press/conventions.h"
#include "press/reader.h"
#include "site/site.h"

namespace cloister::press {

struct Pressed {
    site::Site site;
    std::vector<std::string> warnings;  // whole sentences that end in ", ignoring"
};

// The site that the folder `root` is, with what `wishes` says. Throws std::system_error or
// base::Failure, naming the path and the remedy.
Pressed open_site(const std::string& root, const Budget& budget = {},
                  const Conventions& wishes = {});

}  // namespace cloister::press
