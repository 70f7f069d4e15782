// SPDX-License-Identifier: MIT
// Our filter is not the only one: a unit's SystemCallFilter= or a container's profile may forbid
// what the table permits, and then the service would say that it is ready and fail its first
// client. Nobody without privilege can read those filters, but everybody can try.
#pragma once

#include <span>

#include "sandbox/policy.h"

namespace cloister::sandbox {

// Makes each call of `rows` once, but for exit_group and those of sanitizer builds, with arguments
// by which the kernel refuses it or does nothing. Throws Refusal, naming every call whose answer is
// another than the kernel's. A filter that kills ends the process here, by SIGSYS: before it is
// ready, too.
void rehearse(std::span<const Row> rows);

}  // namespace cloister::sandbox
