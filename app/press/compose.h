// SPDX-License-Identifier: MIT
// The last step: drafts become an image.
#pragma once

#include <span>
#include <vector>

#include "base/fd.h"
#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// Renders all answers of the drafts, one per host, into the index of the image, and finishes it.
// Nothing of the drafts is unread by then. Returns the files that stand open beside the image, in
// its order. Throws base::Failure, naming the path, for fields that no answer can have.
std::vector<base::Fd> compose(std::span<Draft> drafts, Store& store);

}  // namespace cloister::press
