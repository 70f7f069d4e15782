// SPDX-License-Identifier: MIT
// The compiled filter against the tables: a filter that says anything else is never installed.
#pragma once

#include "sandbox/filter_survey.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox {

// Evaluates `filter` over every call number of every ABI. Throws Refusal, naming the first call
// that is wrong, unless it lets exactly rows() run, answers exactly answers() as the table says,
// kills for all else, and stays within system_call_budget.
Survey require_policy(const Filter& filter);

}  // namespace cloister::sandbox
