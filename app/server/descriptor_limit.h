// SPDX-License-Identifier: MIT
// How many descriptors this process may have: what bounds its connections.
#pragma once

#include <cstddef>

namespace cloister::server {

// Raises the soft limit of open descriptors to the hard one (RLIMIT_NOFILE, getrlimit(2)) and
// returns it, at most a million. Before confinement. Throws std::system_error.
std::size_t raise_descriptor_limit();

}  // namespace cloister::server
