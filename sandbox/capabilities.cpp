// SPDX-License-Identifier: MIT
#include "sandbox/capabilities.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

// linux/capability.h, in its order. A newer kernel's capabilities are told by number.
constexpr auto names = std::to_array<std::string_view>({
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
});

constexpr std::size_t possible_count = 64;

std::string name_of(std::size_t capability) {
    return capability < names.size() ? std::string(names.at(capability))
                                     : "capability " + std::to_string(capability);
}

void append(std::string& list, std::string_view item) {
    list += list.empty() ? "" : ", ";
    list += item;
}

std::string zero_ids_in(const Status& status) {
    constexpr auto kinds =
        std::to_array<std::string_view>({"real", "effective", "saved", "file system"});
    std::string found;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        if (status.user_ids.at(kind) == 0) {
            append(found, std::string(kinds.at(kind)) + " user id 0");
        }
    }
    return found;
}

std::string capabilities_in(const Status& status) {
    const auto sets = std::to_array<std::pair<std::string_view, std::uint64_t>>({
        {"Permitted", status.permitted},
        {"Effective", status.effective},
        {"Inheritable", status.inheritable},
        {"Ambient", status.ambient},
    });
    std::string found;
    for (std::size_t capability = 0; capability < possible_count; ++capability) {
        std::string holders;
        for (const auto& [set, members] : sets) {
            if ((members >> capability & 1U) != 0) {
                append(holders, set);
            }
        }
        if (!holders.empty()) {
            append(found, name_of(capability) + " (" + holders + ")");
        }
    }
    return found;
}

// Since version 258 systemd leaves inheritable capabilities to services whose bounding set it does
// not change. Only a program that is executed could make something of them, so they are no reason
// to refuse; but nothing is to be there when the lock is verified, and any process may give them
// up. That it worked is read from the kernel afterwards.
void give_up_inheritable(const Status& status) {
    const bool is_all = (status.permitted | status.effective | status.ambient) == 0;
    if (is_all && status.inheritable != 0) {
        __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
        ::syscall(SYS_capset, &header, none.data());
    }
}

}  // namespace

std::string privileges_in(const Status& status) {
    std::string found = zero_ids_in(status);
    const std::string capabilities = capabilities_in(status);
    if (!capabilities.empty()) {
        append(found, capabilities);
    }
    return found;
}

void refuse_privilege() {
    const Status status = read_status(open_own_status());
    // Root's forty capabilities are no news to whoever reads that it is root.
    const std::string root = zero_ids_in(status);
    if (!root.empty()) {
        throw Refusal("refusing to run as root (" + root +
                      "): systemd binds the ports, so set DynamicUser=yes or User= in the service; "
                      "by hand, start it as another user");
    }
    give_up_inheritable(status);
    const std::string capabilities = capabilities_in(read_status(open_own_status()));
    if (!capabilities.empty()) {
        throw Refusal("refusing to run with a capability: " + capabilities +
                      ": none is needed, so empty AmbientCapabilities= and CapabilityBoundingSet= "
                      "in the service, and remove file capabilities with setcap -r");
    }
}

}  // namespace cloister::sandbox
