// SPDX-License-Identifier: MIT
// A filter that differs from the tables by one call is refused, whichever way it differs.
#include "sandbox/filter_proof.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string>
#include <vector>

#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

std::vector<Row> all_rows() {
    return {rows().begin(), rows().end()};
}

std::vector<Answer> all_answers() {
    return {answers().begin(), answers().end()};
}

// What require_policy() says against the filter of these tables; "" if it has no objection.
std::string objection(const std::vector<Row>& rows, const std::vector<Answer>& answers) {
    try {
        require_policy(compile_filter(rows, answers));
    } catch (const Refusal& refusal) {
        return refusal.what();
    }
    return "";
}

TEST(FilterProof, AcceptsWhatIsShipped) {
    EXPECT_EQ(objection(all_rows(), all_answers()), "");
    EXPECT_EQ(require_policy(compile_policy()).x86_64.count(), rows().size());
}

TEST(FilterProof, RefusesAFilterThatLacksAnyOneRow) {
    for (std::size_t index = 0; index < rows().size(); ++index) {
        std::vector<Row> fewer = all_rows();
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(index));
        EXPECT_NE(objection(fewer, all_answers())
                      .find("call " + std::to_string(rows()[index].number) + " of x86-64"),
                  std::string::npos)
            << rows()[index].name;
    }
}

TEST(FilterProof, RefusesAFilterThatLacksAnyOneAnswer) {
    for (std::size_t index = 0; index < answers().size(); ++index) {
        std::vector<Answer> fewer = all_answers();
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(index));
        EXPECT_NE(objection(all_rows(), fewer).find(answers()[index].name), std::string::npos)
            << answers()[index].name;
    }
}

TEST(FilterProof, RefusesOneCallMore) {
    std::vector<Row> more = all_rows();
    more.push_back({"execve", SYS_execve, {}, "a slip"});
    EXPECT_EQ(
        objection(more, all_answers()),
        "the compiled seccomp filter disagrees with its table about call 59 of x86-64: do not "
        "use this build");
}

TEST(FilterProof, RefusesAnotherAnswer) {
    std::vector<Answer> other = all_answers();
    other.front().error = EPERM;
    EXPECT_NE(objection(all_rows(), other).find("does not answer brk"), std::string::npos);
    std::vector<Answer> more = all_answers();
    more.push_back({"execve", SYS_execve, ENOSYS, "a slip"});
    EXPECT_NE(objection(all_rows(), more).find("call 59 of x86-64"), std::string::npos);
}

TEST(FilterProof, RefusesAFilterThatAnswersOtherAbis) {
    Filter permissive = {BPF_STMT(BPF_RET | BPF_K, 0x7fff0000U)};
    EXPECT_THROW(require_policy(permissive), Refusal);
}

}  // namespace
}  // namespace cloister::sandbox
