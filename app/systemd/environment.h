// SPDX-License-Identifier: MIT
// Variables that a service manager set for this process alone.
#pragma once

#include <optional>
#include <string>

namespace cloister::systemd {

// The value of `variable`, which is unset at once, so that neither a library nor a child takes it
// for its own; nothing if it was not set. Call it before the first thread: getenv(3) and
// unsetenv(3) share one unlocked table.
std::optional<std::string> take_variable(const char* variable);

}  // namespace cloister::systemd
