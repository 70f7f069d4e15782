// SPDX-License-Identifier: MIT
#include "systemd/environment.h"

#include <cstdlib>

#include "base/check.h"

namespace cloister::systemd {

std::optional<std::string> take_variable(const char* variable) {
    const char* const value = std::getenv(variable);
    if (value == nullptr) {
        return std::nullopt;
    }
    std::string taken(value);
    base::check(::unsetenv(variable), std::string("unset ") + variable);
    return taken;
}

}  // namespace cloister::systemd
