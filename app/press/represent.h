// SPDX-License-Identifier: MIT
// The step that adds coded forms to the files: those that lie beside them, as page.html.br beside
// page.html, and those that are made at the start.
#pragma once

#include <cstdint>
#include <span>

#include "base/progress.h"
#include "press/draft.h"
#include "press/store.h"

namespace cloister::press {

// Behind read(). A file that lies beside another and does not hold it, as one that was left behind,
// is no form of it, with a warning; it is still answered at its own path. What is made is as strong
// as a start allows, and all there is for an image that is packed. It is kept in memory as long as
// that stays within `memory_bytes` with all that is there already. Throws std::system_error,
// std::bad_alloc.
void represent(std::span<Draft> drafts, Store& store, std::uint64_t memory_bytes,
               const base::Progress& progress);

}  // namespace cloister::press
