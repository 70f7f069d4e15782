// SPDX-License-Identifier: MIT
#include "sandbox/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include "sandbox/check.h"

namespace cloister::sandbox {
namespace {

using Mask = std::uint64_t LandlockRights::*;

// One right: since which ABI, in which mask, which bit. The numbers are those of linux/landlock.h,
// whose version in Debian 12 ends at ABI 2.
struct Right {
    int abi;
    Mask mask;
    unsigned bit;
    std::string_view denied;
};

constexpr auto rights = std::to_array<Right>({
    {1, &LandlockRights::files, 0, "execute a file"},
    {1, &LandlockRights::files, 1, "open a file for writing"},
    {1, &LandlockRights::files, 2, "open a file for reading"},
    {1, &LandlockRights::files, 3, "open or list a directory"},
    {1, &LandlockRights::files, 4, "remove a directory"},
    {1, &LandlockRights::files, 5, "remove a file"},
    {1, &LandlockRights::files, 6, "make a character device"},
    {1, &LandlockRights::files, 7, "make a directory"},
    {1, &LandlockRights::files, 8, "make a file"},
    {1, &LandlockRights::files, 9, "make a unix socket"},
    {1, &LandlockRights::files, 10, "make a fifo"},
    {1, &LandlockRights::files, 11, "make a block device"},
    {1, &LandlockRights::files, 12, "make a symbolic link"},
    {2, &LandlockRights::files, 13, "link or rename into another directory"},
    {3, &LandlockRights::files, 14, "truncate a file"},
    {4, &LandlockRights::network, 0, "bind a TCP socket"},
    {4, &LandlockRights::network, 1, "connect a TCP socket"},
    {5, &LandlockRights::files, 15, "ioctl on a device opened later"},
    {6, &LandlockRights::scopes, 0, "connect to an abstract unix socket outside"},
    {6, &LandlockRights::scopes, 1, "signal a process outside"},
    {9, &LandlockRights::files, 16, "connect to a unix socket by its path"},
    {10, &LandlockRights::network, 2, "bind a UDP socket"},
    {10, &LandlockRights::network, 3, "connect a UDP socket, or send to an address"},
});

constexpr unsigned ask_version = 1;  // LANDLOCK_CREATE_RULESET_VERSION

// glibc has no wrappers. The kernel takes a longer structure than it knows as long as the rest is
// zero.
int create_ruleset(const LandlockRights* denied, std::size_t bytes, unsigned flags) {
    return static_cast<int>(::syscall(SYS_landlock_create_ruleset, denied, bytes, flags));
}

// EPERM is no answer of Landlock's: it is a container's filter that denies the call.
bool means_absent(int error) {
    return error == ENOSYS || error == EOPNOTSUPP || error == EPERM;
}

}  // namespace

LandlockRights landlock_rights(int abi) {
    LandlockRights all;
    for (const Right& right : rights) {
        if (right.abi <= abi) {
            all.*right.mask |= std::uint64_t{1} << right.bit;
        }
    }
    return all;
}

std::optional<Landlock> Landlock::make() {
    const int abi = create_ruleset(nullptr, 0, ask_version);
    if (abi == -1 && means_absent(errno)) {
        return std::nullopt;
    }
    return make_for(check(abi, "landlock_create_ruleset"));
}

Landlock Landlock::make_for(int abi) {
    for (abi = std::min(abi, rights.back().abi);; --abi) {
        const LandlockRights denied = landlock_rights(abi);
        const int ruleset = create_ruleset(&denied, sizeof denied, 0);
        if (ruleset != -1 || errno != EINVAL || abi <= 1) {
            return {abi, Descriptor(check(ruleset, "landlock_create_ruleset"))};
        }
    }
}

void Landlock::restrict_calling_thread() const {
    check(::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0U), "landlock_restrict_self");
}

}  // namespace cloister::sandbox
