// SPDX-License-Identifier: MIT
// The step that reads the files: small ones into the image, large ones stay open beside it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/limits.h"
#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// What is read into the image; beyond either, a file keeps its descriptor.
struct Budget {
    std::uint64_t file_bytes = base::limits::memory_file_bytes;  // of one file
    std::uint64_t site_bytes = base::limits::memory_site_bytes;  // of all together, smaller first
};

// Reads every UnreadFile of the drafts, or opens it, and sets the tags. Throws std::system_error or
// base::Failure, naming the path and the remedy.
void read(std::span<Draft> drafts, Store& store, const Budget& budget);

// The entity tag of what lies in the image.
std::string content_tag(const Place& place);

// The first `most` bytes of a content, wherever they are, as a copy. `shown` is for messages.
// Throws std::system_error.
std::string bytes_of(const Content& content, Store& store, const std::string& shown,
                     std::uint64_t most = UINT64_MAX);

// How many bytes a content has; of a file that is unread, had when the walk saw it.
std::uint64_t size_of(const Content& content);

}  // namespace cloister::press
