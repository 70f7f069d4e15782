// SPDX-License-Identifier: MIT
// What the environment says about inherited descriptors: LISTEN_PID, LISTEN_PIDFDID, LISTEN_FDS and
// LISTEN_FDNAMES, sd_listen_fds(3). Nothing here touches a descriptor.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cloister::systemd {

// Inherited descriptors begin after the three standard streams (SD_LISTEN_FDS_START).
constexpr int first_descriptor = 3;

// The four variables, as the environment had them.
struct ListenVariables {
    std::optional<std::string> pid;
    std::optional<std::string> pidfd_id;
    std::optional<std::string> fds;
    std::optional<std::string> names;
};

// This process, as the variables identify one.
struct Self {
    pid_t pid = 0;
    // The inode number of its pidfd, never used twice until the next boot; nothing before
    // Linux 6.9.
    std::optional<std::uint64_t> pidfd_id;
};

enum class Addressee : std::uint8_t { nobody, ourselves, another_process };

struct Announcement {
    Addressee addressee = Addressee::nobody;
    int count = 0;                   // descriptors: first_descriptor and up; above 0 for ourselves
    std::vector<std::string> names;  // `count` of them; or none, and then all are "unknown"

    // The name of the descriptor first_descriptor + `index`.
    [[nodiscard]] std::string name(int index) const;
};

// Reads and unsets all four, so that neither a second call nor a library takes the descriptors
// again; take_variable().
ListenVariables take_listen_variables();

// getpid(2), pidfd_open(2).
Self identify_self();

// What `variables` announce to `self`. No LISTEN_PID, or no LISTEN_FDS, announces nothing; a
// LISTEN_PID or LISTEN_PIDFDID that is not ours is for another process. Throws base::Failure
// (EX_CONFIG) that names the variable, its value and the remedy, if one is malformed: a number out
// of range or with any byte beside its digits, a name above 255 bytes or not printable ASCII, or
// not exactly as many names as descriptors.
Announcement interpret(const ListenVariables& variables, const Self& self);

}  // namespace cloister::systemd
