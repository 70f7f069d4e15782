// SPDX-License-Identifier: MIT
// Is there any privilege in a thread? (capabilities(7), credentials(7))
#pragma once

#include <string>

#include "sandbox/status.h"

namespace cloister::sandbox {

// Names each user id that is 0 and each capability held, with the sets it is in:
// "CAP_NET_BIND_SERVICE (Permitted, Effective)". Empty if there is none. The bounding set is no
// privilege: no_new_privs bars the way to it.
std::string privileges_in(const Status& status);

}  // namespace cloister::sandbox
