// SPDX-License-Identifier: MIT
// The first step for several sites: a folder for each host.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "press/draft.h"

namespace cloister::press {

// A draft as walk() makes it for each folder in `root`, which is the host that the folder is named
// after; that of `_default` answers for every other host. A link to a folder is a folder, wherever
// it leads: whoever writes in `root` says what the hosts are; and one to another host's folder is
// another name of that host. Left away with a warning: what is no folder, and names that no client
// could ask for. Throws as walk() does, and
// base::Failure if there is no host at all, or one twice, or one that cannot be looked at.
std::vector<Draft> walk_hosts(const std::string& root, const base::Progress& progress);

}  // namespace cloister::press
