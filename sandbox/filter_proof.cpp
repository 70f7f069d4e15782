// SPDX-License-Identifier: MIT
#include "sandbox/filter_proof.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

using Numbers = std::set<int>;

[[noreturn]] void refuse(const std::string& what) {
    throw Refusal("the compiled seccomp filter " + what + ": do not use this build");
}

// What the filter does with one set of calls must be what is meant.
void require_same(const std::vector<int>& found, const Numbers& meant, const std::string& abi) {
    const Numbers reached(found.begin(), found.end());
    std::vector<int> wrong;
    std::set_symmetric_difference(reached.begin(), reached.end(), meant.begin(), meant.end(),
                                  std::back_inserter(wrong));
    if (!wrong.empty()) {
        refuse("disagrees with its table about call " + std::to_string(wrong.front()) + " of " +
               abi);
    }
}

void require_same(const Reach& found, const Numbers& always, const Numbers& sometimes,
                  const Numbers& answered, const std::string& abi) {
    require_same(found.always, always, abi);
    require_same(found.sometimes, sometimes, abi);
    require_same(found.answered, answered, abi);
}

}  // namespace

Survey require_policy(const Filter& filter) {
    Survey found = survey(filter);
    Numbers always;
    Numbers sometimes;
    Numbers answered;
    for (const Row& row : rows()) {
        (row.rules.empty() ? always : sometimes).insert(row.number);
    }
    for (const Answer& answer : answers()) {
        answered.insert(answer.number);
        const std::uint32_t action =
            SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(answer.error) & SECCOMP_RET_DATA);
        if (possible_actions(filter, AUDIT_ARCH_X86_64,
                             static_cast<std::uint32_t>(answer.number)) != std::set{action}) {
            refuse("does not answer " + std::string(answer.name) + " as its table says");
        }
    }
    require_same(found.x86_64, always, sometimes, answered, "x86-64");
    require_same(found.x32, {}, {}, {}, "x32");
    require_same(found.i386, {}, {}, {}, "i386");

    // Sanitizer builds permit more, and say so; the budget is the product's.
    const std::size_t limit = system_call_budget + rows().size() - shipped_rows().size();
    if (found.x86_64.count() > limit) {
        refuse("lets " + std::to_string(found.x86_64.count()) + " calls through, and at most " +
               std::to_string(limit) + " may be");
    }
    return found;
}

}  // namespace cloister::sandbox
