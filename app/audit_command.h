// SPDX-License-Identifier: MIT
// `cloister audit`: whoever doubts the sandbox sees each escape denied, layer by layer.
#pragma once

namespace cloister {

// Prints the audit, as text or as JSON, and returns the exit status: 0 if the lock holds, or else
// 1. Throws sandbox::Refusal, with a command that can be pasted, if the process has a privilege.
int print_audit(bool as_json);

}  // namespace cloister
