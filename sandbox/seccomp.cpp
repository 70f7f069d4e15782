// SPDX-License-Identifier: MIT
#include "sandbox/seccomp.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include "sandbox/check.h"
#include "sandbox/descriptors.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

struct Release {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};

using Builder = std::unique_ptr<void, Release>;

// libseccomp returns a negative errno.
void check_library(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(-result, std::generic_category(), what);
    }
}

void require_number(std::string_view name, int number) {
    if (::seccomp_syscall_resolve_name(std::string(name).c_str()) != number) {
        throw std::logic_error("policy row " + std::string(name) + " has another call's number");
    }
}

void permit(const Builder& builder, const Row& row) {
    require_number(row.name, row.number);
    std::vector<scmp_arg_cmp> conditions;
    for (const ArgumentRule& rule : row.rules) {
        conditions.push_back({rule.index, SCMP_CMP_MASKED_EQ, rule.mask, rule.value});
    }
    check_library(
        ::seccomp_rule_add_exact_array(builder.get(), SCMP_ACT_ALLOW, row.number,
                                       static_cast<unsigned>(conditions.size()), conditions.data()),
        "seccomp_rule_add_exact_array");
}

void answer_instead(const Builder& builder, const Answer& answer) {
    require_number(answer.name, answer.number);
    const auto action = SCMP_ACT_ERRNO(static_cast<std::uint32_t>(answer.error));
    check_library(::seccomp_rule_add_exact_array(builder.get(), action, answer.number, 0, nullptr),
                  "seccomp_rule_add_exact_array");
}

// Through a pipe, not a memfd: RLIMIT_FSIZE 0, which a hardened unit sets, forbids writing to the
// latter. It never blocks: a filter beyond a pipe's 64 KiB is an error.
Filter exported(const Builder& builder) {
    std::array<int, 2> ends = {};
    check(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), "pipe2");
    const Descriptor reading(ends[0]);
    {
        const Descriptor writing(ends[1]);
        check_library(::seccomp_export_bpf(builder.get(), writing.get()), "seccomp_export_bpf");
    }
    Filter filter;
    std::array<sock_filter, 512> part;
    for (;;) {
        const auto bytes =
            check(::read(reading.get(), part.data(), sizeof part), "read the compiled filter");
        if (bytes == 0) {
            return filter;
        }
        filter.insert(filter.end(), part.begin(), part.begin() + bytes / ssize_t{sizeof part[0]});
    }
}

}  // namespace

bool kernel_can_filter() {
    const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0;
}

Filter compile_filter(std::span<const Row> rows, std::span<const Answer> answers) {
    const Builder builder(::seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!builder) {
        throw std::system_error(ENOTSUP, std::generic_category(), "seccomp_init");
    }
    // The library's default for another ABI kills the calling thread alone.
    check_library(::seccomp_attr_set(builder.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
                  "seccomp_attr_set");
    for (const Row& row : rows) {
        permit(builder, row);
    }
    for (const Answer& answer : answers) {
        answer_instead(builder, answer);
    }
    return exported(builder);
}

Filter compile_policy() {
    return compile_filter(rows(), answers());
}

void install_filter(const Filter& filter) {
    // The kernel only reads the program; its structure says otherwise.
    const sock_fprog program = {static_cast<unsigned short>(filter.size()),
                                const_cast<sock_filter*>(filter.data())};
    const long thread =
        check(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program),
              "seccomp SECCOMP_SET_MODE_FILTER");
    if (thread != 0) {
        throw Refusal("seccomp could not be installed on thread " + std::to_string(thread) +
                      ", which has a filter of its own: confine before any other thread exists");
    }
}

}  // namespace cloister::sandbox
