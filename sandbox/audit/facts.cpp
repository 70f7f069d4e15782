// SPDX-License-Identifier: MIT
#include "sandbox/audit/facts.h"

#include <sys/resource.h>

#include <array>
#include <cinttypes>
#include <cstdio>

#include "sandbox/policy.h"

namespace cloister::sandbox::audit {
namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string reach_text(const Survey& found) {
    return counted(found.x86_64.count(), "call", "calls") + " of at most " +
           std::to_string(system_call_budget) + ", " +
           std::to_string(found.x86_64.sometimes.size()) + " of them by argument; " +
           std::to_string(found.x32.count()) + " on x32, " + std::to_string(found.i386.count()) +
           " on i386";
}

std::string capabilities_text(const Status& status) {
    const std::uint64_t held =
        status.permitted | status.effective | status.inheritable | status.ambient;
    return "held: " + capability_set(held) + "; bounding set: " + capability_set(status.bounding);
}

std::string restrictions_text(const Status& status) {
    return std::string("no_new_privs ") + (status.no_new_privileges == 1 ? "set" : "not set") +
           ", " + counted(status.seccomp_filters, "seccomp filter", "seccomp filters");
}

std::string namespaces_text(const Self& self) {
    std::string own;
    std::string shared;
    std::string unknown;
    for (const Namespace& found : self.namespaces) {
        std::string& list = !found.differs ? unknown : *found.differs ? own : shared;
        list += (list.empty() ? "" : " ") + found.kind + (found.differs ? "" : ":" + found.inode);
    }
    std::string text = own.empty() ? "" : "its own: " + own;
    text += shared.empty() ? "" : (text.empty() ? "" : "; ") + ("shared with process 1: " + shared);
    text += unknown.empty() ? "" : (text.empty() ? "" : "; ") + unknown;
    return text;
}

std::string limits_text(const Self& self) {
    std::string text;
    for (const ResourceLimit& limit : self.limits) {
        text += (text.empty() ? "" : ", ") + std::string(limit.name) + " " + limit_text(limit.soft);
    }
    return text;
}

std::string files_text(const Self& self) {
    return counted(self.mounts, "mount", "mounts") + ", " + std::to_string(self.writable_mounts) +
           " writable; " + counted(self.devices, "entry", "entries") + " in /dev; " +
           (self.has_shell ? "a shell" : "no shell");
}

}  // namespace

std::string capability_set(std::uint64_t set) {
    std::array<char, 24> text = {};
    std::snprintf(text.data(), text.size(), "0x%" PRIx64, set);
    return set == 0 ? "empty" : text.data();
}

std::string limit_text(std::uint64_t limit) {
    return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit);
}

std::vector<Fact> facts_of(const Result& result, std::string_view digest) {
    const Self& self = result.self;
    std::vector<Fact> facts = {
        {"reachable", reach_text(result.found)},
        {"filter", counted(result.filter.size(), "instruction", "instructions")},
        {"", std::string(digest)},
        {"kernel", (self.kernel.empty() ? "version hidden" : self.kernel) + ", Landlock ABI " +
                       std::to_string(self.landlock_abi)},
        {"user", listed(self.status.user_ids) + ", group " + listed(self.group_ids) + ", " +
                     counted(self.further_groups, "further group", "further groups")},
        {"capabilities", capabilities_text(self.status)},
        {"before", restrictions_text(self.status)},
        {"namespaces", namespaces_text(self)},
        {"files", files_text(self)},
        {"limits", limits_text(self)},
    };
    return facts;
}

}  // namespace cloister::sandbox::audit
