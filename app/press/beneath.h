// SPDX-License-Identifier: MIT
// Opens what lies in a folder, and nothing that a link would lead to outside of it.
#pragma once

#include <string>

#include "base/fd.h"

namespace cloister::press {

// Opens `path`, which is relative to the folder `root`, for reading and without ever blocking.
// Links are followed as long as they end below the root. Owns nothing on failure, with the reason
// in errno: EXDEV for a link that leads out of the root, else that of open(2).
//
// openat2(2) could say RESOLVE_BENEATH, but RestrictSUIDSGID= of systemd, which DynamicUser=
// implies, refuses that call: its arguments are behind a pointer, where seccomp cannot look. So the
// target is found without being opened (O_PATH), the kernel is asked where it lies (/proc/self/fd,
// proc(5)), and then that very file is opened: no rename can slip another one in between.
base::Fd open_beneath(int root, const std::string& path);

}  // namespace cloister::press
