// SPDX-License-Identifier: MIT
// For tests: the whole test program becomes the user nobody, as everybody is who runs an audit.
#pragma once

namespace cloister::sandbox::audit::test {

// Gives up root and every capability, if there are any. Once done, every call does nothing.
void become_nobody();

}  // namespace cloister::sandbox::audit::test
