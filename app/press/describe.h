// SPDX-License-Identifier: MIT
// The step that says what the files are: their media types, and how long they may be kept.
#pragma once

#include <span>

#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// Gives every answer that has a body, and no Content-Type of its own yet, that field and
// Cache-Control, by the name of its asset and by what the asset holds. Behind read(). Throws
// std::system_error.
void describe(std::span<Draft> drafts, Store& store);

}  // namespace cloister::press
