// SPDX-License-Identifier: MIT
// The attributes of process and thread that only ever get stricter: prctl(2).
#pragma once

namespace cloister::sandbox {

// PR_SET_DUMPABLE 0, of the process: no core file, and no other process of the same user may trace
// it or read its memory. Throws std::system_error.
void forbid_dumping();

// PR_SET_MDWE, of the process: no memory is ever writable and executable, not even in turn. False
// on a kernel that does not know it (before Linux 6.3); seccomp forbids PROT_EXEC as well.
bool deny_write_execute();

// PR_SET_NO_NEW_PRIVS, of the calling thread: execve(2) grants nothing. Landlock and seccomp
// require it. Throws std::system_error.
void forbid_new_privileges();

}  // namespace cloister::sandbox
