// SPDX-License-Identifier: MIT
#include "sandbox/audit/test_nobody.h"

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox/check.h"

namespace cloister::sandbox::audit::test {

void become_nobody() {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0) {
        check(::setgroups(0, nullptr), "setgroups");
        check(::setresgid(nobody, nobody, nobody), "setresgid");
        check(::setresuid(nobody, nobody, nobody), "setresuid");
        // Lost by the change of user; a program that nobody starts has it.
        check(::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL), "PR_SET_DUMPABLE");
    }
}

}  // namespace cloister::sandbox::audit::test
