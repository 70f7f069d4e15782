// SPDX-License-Identifier: MIT
// Waits for changes in a folder: inotify(7).
#pragma once

#include <string>

#include "base/fd.h"

namespace cloister::acme {

class FolderWatch {
  public:
    // Begins to watch the folder, or, if there is none, the deepest of those above it that is
    // there. What changes from now on ends a wait(), so whoever looks into the folder after on()
    // misses nothing. Throws std::system_error.
    static FolderWatch on(const std::string& folder);

    // Returns when files have been written and closed, renamed, made readable or removed since the
    // last time: true. False if the folder itself has come or gone, and then this watch is at its
    // end. A file that has been made and is not closed yet is no change. Throws std::system_error.
    [[nodiscard]] bool wait();

  private:
    FolderWatch(base::Fd fd, bool is_above) : fd_(std::move(fd)), is_above_(is_above) {}

    base::Fd fd_;
    bool is_above_;
};

}  // namespace cloister::acme
