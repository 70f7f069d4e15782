// SPDX-License-Identifier: MIT
#include "sandbox/attributes.h"

#include <sys/prctl.h>

#include "sandbox/check.h"

namespace cloister::sandbox {
namespace {

// linux/prctl.h of Linux 6.3; Debian 12's is older.
constexpr int set_mdwe = 65;
constexpr int get_mdwe = 66;
constexpr unsigned long refuse_exec_gain = 1;

}  // namespace

void forbid_dumping() {
    check(::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL), "prctl PR_SET_DUMPABLE");
}

bool deny_write_execute() {
    // systemd may have set it already, with other bits: what counts is what holds afterwards.
    ::prctl(set_mdwe, refuse_exec_gain, 0UL, 0UL, 0UL);
    const int bits = ::prctl(get_mdwe, 0UL, 0UL, 0UL, 0UL);
    return bits > 0 && (static_cast<unsigned>(bits) & refuse_exec_gain) != 0;
}

void forbid_new_privileges() {
    check(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL), "prctl PR_SET_NO_NEW_PRIVS");
}

}  // namespace cloister::sandbox
