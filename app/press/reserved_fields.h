// SPDX-License-Identifier: MIT
// Fields that no file sets, because only the server knows what is true, or because nothing good
// would come of it.
#pragma once

#include <string_view>

namespace cloister::press {

// Why the field of that name, in any case, cannot be set; empty if it can.
std::string_view why_reserved(std::string_view name);

}  // namespace cloister::press
