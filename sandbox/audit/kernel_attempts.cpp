// SPDX-License-Identifier: MIT
// The rest of the kernel: parts that a server never needs, mounts, and privilege.
#include <asm/ldt.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <array>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

long make_map(Stage& stage) {
    bpf_attr attributes = {};
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    return stage.got(call(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

long count_events(Stage& stage) {
    perf_event_attr attributes = {};
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.size = sizeof attributes;
    attributes.config = PERF_COUNT_SW_TASK_CLOCK;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return stage.got(call(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

long store_key(Stage& stage) {
    return stage.got(
        call(SYS_add_key, "user", "cloister-audit", "key", 3, KEY_SPEC_PROCESS_KEYRING));
}

// Does not make a keyring if there is none.
long find_keyring(Stage& stage) {
    return stage.got(call(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_SESSION_KEYRING, 1));
}

long write_segment(Stage& stage) {
    user_desc segment = {};
    segment.limit = 1;
    segment.seg_32bit = 1;
    return stage.got(call(SYS_modify_ldt, 1, &segment, sizeof segment));
}

long raise_capability(Stage& stage) {
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets = {};
    sets[0].effective = sets[0].permitted = 1U << CAP_NET_BIND_SERVICE;
    return stage.got(call(SYS_capset, &header, sets.data()));
}

long enter_namespace(Stage& stage) {
    const long opened = call(SYS_openat, AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return opened == -1 ? -1 : stage.got(call(SYS_setns, opened, CLONE_NEWNET));
}

long raise_limit(Stage& stage) {
    const rlimit limit = {64, 64};
    return stage.got(call(SYS_setrlimit, RLIMIT_NOFILE, &limit));
}

template <int option, unsigned long value>
long set_attribute(Stage& stage) {
    return stage.got(call(SYS_prctl, option, value, 0UL, 0UL, 0UL));
}

constexpr int user_mode_only = 1;  // UFFD_USER_MODE_ONLY
constexpr Control works = Control::works;
constexpr Control depends = Control::depends;
constexpr Control fails = Control::fails;

constexpr auto rows = std::to_array<Attempt>({
    {18, "bpf", SYS_bpf, depends, "run programs inside the kernel", make_map},
    {18, "perf_event_open", SYS_perf_event_open, depends, "measure others' secrets", count_events},
    {18, "userfaultfd", SYS_userfaultfd, works, "hold the kernel at a point of their choice",
     [](Stage& stage) { return stage.got(call(SYS_userfaultfd, user_mode_only)); }},
    {18, "add_key", SYS_add_key, depends, "leave data in the kernel for others", store_key},
    {18, "keyctl", SYS_keyctl, depends, "find keys that the kernel keeps", find_keyring},
    {18, "modify_ldt", SYS_modify_ldt, depends, "alter segments, where kernels had many errors",
     write_segment},
    {18, "init_module", SYS_init_module, fails, "load code into the kernel",
     [](Stage& stage) { return stage.got(call(SYS_init_module, 0, 0, "")); }},
    {21, "mount", SYS_mount, fails, "lay one folder over another",
     [](Stage& stage) { return stage.got(call(SYS_mount, "/etc", "/tmp", 0, MS_BIND, 0)); }},
    {21, "umount2", SYS_umount2, fails, "uncover what is hidden",
     [](Stage& stage) { return stage.got(call(SYS_umount2, "/proc", MNT_DETACH)); }},
    {21, "pivot_root", SYS_pivot_root, fails, "have another root",
     [](Stage& stage) { return stage.got(call(SYS_pivot_root, "/", "/")); }},
    {21, "chroot", SYS_chroot, fails, "the same, and then climb out",
     [](Stage& stage) { return stage.got(call(SYS_chroot, "/etc")); }},
    {21, "open_tree", SYS_open_tree, works, "hold a part of the file system",
     [](Stage& stage) { return stage.got(call(SYS_open_tree, AT_FDCWD, "/", 0)); }},
    {21, "setns", SYS_setns, fails, "enter another namespace", enter_namespace},
    {21, "fsopen", SYS_fsopen, fails, "make a file system",
     [](Stage& stage) { return stage.got(call(SYS_fsopen, "tmpfs", 0)); }},
    {22, "setuid", SYS_setuid, fails, "be root",
     [](Stage& stage) { return stage.got(call(SYS_setuid, 0)); }},
    {22, "setresgid", SYS_setresgid, fails, "be in root's group",
     [](Stage& stage) { return stage.got(call(SYS_setresgid, 0, 0, 0)); }},
    {22, "capset", SYS_capset, fails, "have a capability", raise_capability},
    {22, "securebits", SYS_prctl, fails, "change what being root means",
     set_attribute<PR_SET_SECUREBITS, SECBIT_KEEP_CAPS>},
    {22, "new-privileges", SYS_prctl, fails, "gain privilege by set-user-ID programs again",
     set_attribute<PR_SET_NO_NEW_PRIVS, 0>},
    {22, "dumpable", SYS_prctl, works, "let others of this user read its memory",
     set_attribute<PR_SET_DUMPABLE, 1>},
    {22, "setrlimit", SYS_setrlimit, works, "change its limits", raise_limit},
});

}  // namespace

std::span<const Attempt> kernel_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
