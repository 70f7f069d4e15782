// SPDX-License-Identifier: MIT
// The step that reads the files: small ones into the image, large ones stay open beside it.
#pragma once

#include <span>
#include <string>

#include "base/progress.h"
#include "press/budget.h"
#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// Reads every UnreadFile of the drafts, or opens it, and sets the tags. Throws std::system_error or
// base::Failure, naming the path and the remedy.
void read(std::span<Draft> drafts, Store& store, const Budget& budget,
          const base::Progress& progress);

// The entity tag of what lies in the image.
std::string content_tag(const Place& place);

// The first `most` bytes of a content, wherever they are, as a copy. `shown` is for messages.
// Throws std::system_error.
std::string bytes_of(const Content& content, Store& store, const std::string& shown,
                     std::uint64_t most = UINT64_MAX);

// How many bytes a content has; of a file that is unread, had when the walk saw it.
std::uint64_t size_of(const Content& content);

}  // namespace cloister::press
