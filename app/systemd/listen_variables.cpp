// SPDX-License-Identifier: MIT
#include "systemd/listen_variables.h"

#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/check.h"
#include "base/fd.h"
#include "base/one_line.h"
#include "systemd/decimal.h"
#include "systemd/environment.h"

namespace cloister::systemd {

namespace {

constexpr std::size_t name_bytes = 255;            // FDNAME_MAX, sd_pid_notify_with_fds(3)
constexpr std::uint64_t pidfs_magic = 0x50494446;  // "PIDF"; <linux/magic.h> since Linux 6.9
constexpr auto highest_pid = std::numeric_limits<pid_t>::max();
constexpr auto highest_count = std::numeric_limits<int>::max() - first_descriptor;

[[noreturn]] void refuse(std::string_view variable, std::string_view value,
                         const std::string& complaint) {
    throw base::Failure(
        EX_CONFIG, std::string(variable) + "=\"" + base::one_line(value, 64) + "\": " + complaint +
                       "; let the service manager set it, or unset the LISTEN_ variables");
}

std::uint64_t number_in(std::string_view variable, const std::string& value, std::uint64_t lowest,
                        std::uint64_t highest) {
    const auto number = parse_decimal(value);
    if (!number || *number < lowest || *number > highest) {
        refuse(variable, value,
               "not a number from " + std::to_string(lowest) + " to " + std::to_string(highest));
    }
    return *number;
}

// Empty names count: "a::b" is three.
std::vector<std::string> split_names(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t colon = text.find(':');
        names.emplace_back(text.substr(0, colon));
        if (colon == std::string_view::npos) {
            return names;
        }
        text.remove_prefix(colon + 1);
    }
}

std::vector<std::string> interpret_names(const std::string& text, int count) {
    constexpr std::string_view variable = "LISTEN_FDNAMES";
    std::vector<std::string> names = split_names(text);
    if (names.size() != static_cast<std::size_t>(count)) {
        refuse(variable, text,
               std::to_string(names.size()) + " names for LISTEN_FDS=" + std::to_string(count));
    }
    for (const std::string& name : names) {
        const bool printable =
            std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
        if (name.size() > name_bytes || !printable) {
            refuse(variable, text,
                   "a name is longer than " + std::to_string(name_bytes) +
                       " bytes or not printable ASCII");
        }
    }
    return names;
}

}  // namespace

std::string Announcement::name(int index) const {
    return names.empty() ? "unknown" : names.at(static_cast<std::size_t>(index));
}

ListenVariables take_listen_variables() {
    ListenVariables variables;
    variables.pid = take_variable("LISTEN_PID");
    variables.pidfd_id = take_variable("LISTEN_PIDFDID");
    variables.fds = take_variable("LISTEN_FDS");
    variables.names = take_variable("LISTEN_FDNAMES");
    return variables;
}

Self identify_self() {
    Self self;
    self.pid = ::getpid();
    // By number: glibc 2.35 and older have no wrapper.
    const base::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, self.pid, 0)));

    struct statfs file_system {};

    struct stat status {};

    // Elsewhere than on pidfs all pidfds share one inode, which identifies nobody.
    if (pidfd && ::fstatfs(pidfd.get(), &file_system) == 0 &&
        static_cast<std::uint64_t>(file_system.f_type) == pidfs_magic &&
        ::fstat(pidfd.get(), &status) == 0) {
        self.pidfd_id = status.st_ino;
    }
    return self;
}

Announcement interpret(const ListenVariables& variables, const Self& self) {
    Announcement announcement;
    if (!variables.pid) {
        return announcement;
    }
    const auto pid = number_in("LISTEN_PID", *variables.pid, 1, highest_pid);
    if (pid != static_cast<std::uint64_t>(self.pid)) {
        announcement.addressee = Addressee::another_process;
        return announcement;
    }
    if (variables.pidfd_id) {
        const auto id = number_in("LISTEN_PIDFDID", *variables.pidfd_id, 0,
                                  std::numeric_limits<std::uint64_t>::max());
        if (self.pidfd_id && id != *self.pidfd_id) {
            announcement.addressee = Addressee::another_process;
            return announcement;
        }
    }
    if (!variables.fds) {
        return announcement;
    }
    announcement.count =
        static_cast<int>(number_in("LISTEN_FDS", *variables.fds, 1, highest_count));
    if (variables.names) {
        announcement.names = interpret_names(*variables.names, announcement.count);
    }
    announcement.addressee = Addressee::ourselves;
    return announcement;
}

}  // namespace cloister::systemd
