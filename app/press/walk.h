// SPDX-License-Identifier: MIT
// The first step: which files a folder has.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "press/draft.h"

namespace cloister::press {

// A draft with an asset at its path for every file below the folder `root`, none of them read, and
// the folders. Left
// away, each with a warning: links that lead out of the root or nowhere, folders that contain
// themselves, and what is neither file nor folder. Names that begin with a dot are private and left
// away silently, but for /.well-known (RFC 8615), and so are the files of rules. Throws
// std::system_error or base::Failure, naming the path and the remedy, if something cannot be looked
// at.
Draft walk(const std::string& root, const base::Progress& progress);

// What the folder `root` has, in byte order. Throws as walk() does.
std::vector<std::string> names_in_folder(const std::string& root);

// The refusal of a start for a file or folder that `error`, an errno, forbids to read.
[[noreturn]] void refuse_unreadable(const std::string& shown, int error);

}  // namespace cloister::press
