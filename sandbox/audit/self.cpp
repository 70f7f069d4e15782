// SPDX-License-Identifier: MIT
#include "sandbox/audit/self.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "sandbox/landlock.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox::audit {
namespace {

constexpr auto kinds =
    std::to_array<std::string_view>({"user", "mnt", "net", "pid", "ipc", "uts", "cgroup", "time"});

struct Limit {
    std::string_view name;
    decltype(RLIMIT_CORE) resource;
};

constexpr auto limits = std::to_array<Limit>({
    {"NPROC", RLIMIT_NPROC},
    {"NOFILE", RLIMIT_NOFILE},
    {"FSIZE", RLIMIT_FSIZE},
    {"CORE", RLIMIT_CORE},
    {"MEMLOCK", RLIMIT_MEMLOCK},
    {"MSGQUEUE", RLIMIT_MSGQUEUE},
});

// "net:[4026531840]", or nothing.
std::string read_link(const std::string& path) {
    std::array<char, 64> target = {};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : "";
}

Namespace look_at_namespace(std::string_view kind) {
    const std::string own = read_link("/proc/self/ns/" + std::string(kind));
    const std::string first = read_link("/proc/1/ns/" + std::string(kind));
    Namespace found{.kind = std::string(kind), .inode = {}, .differs = {}};
    const std::size_t begin = own.find('[') + 1;
    found.inode = own.substr(begin, own.find(']') - begin);
    if (!first.empty() && !own.empty()) {
        found.differs = first != own;
    }
    return found;
}

std::string read_whole(const char* path) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> part;
    for (ssize_t got = 1; got > 0;) {
        got = ::read(file.get(), part.data(), part.size());
        text.append(part.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    return text;
}

std::size_t count_entries(const char* path) {
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };

    const std::unique_ptr<DIR, Close> folder(::opendir(path));
    std::size_t count = 0;
    while (folder && ::readdir(folder.get()) != nullptr) {
        ++count;
    }
    constexpr std::size_t dots = 2;
    return count > dots ? count - dots : 0;
}

Surroundings surroundings_of(const Status& status) {
    if (status.seccomp_mode == 0) {
        return Surroundings::nothing;
    }
    // A shell that systemd started inherits the variable, but has no filter.
    return ::getenv("INVOCATION_ID") != nullptr ? Surroundings::unit : Surroundings::container;
}

bool is_read_only(std::string_view options) {
    return options.substr(0, options.find_first_of(", ")) == "ro";
}

}  // namespace

std::string_view name_of(Surroundings surroundings) {
    switch (surroundings) {
        case Surroundings::unit:
            return "unit";
        case Surroundings::container:
            return "container";
        case Surroundings::nothing:
            break;
    }
    return "nothing";
}

Mounts count_mounts(std::string_view mountinfo) {
    constexpr int fields_before_options = 5;
    constexpr std::string_view separator = " - ";
    Mounts mounts;
    while (!mountinfo.empty()) {
        std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
        mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
        std::string_view options = line;
        for (int field = 0; field < fields_before_options; ++field) {
            options.remove_prefix(std::min(options.find(' ') + 1, options.size()));
        }
        // " - type source options": of the file system, where the others are of the mount.
        const std::size_t end = line.find(separator);
        const std::string_view last = line.substr(line.rfind(' ') + 1);
        if (end != std::string_view::npos) {
            ++mounts.all;
            mounts.writable += is_read_only(options) || is_read_only(last) ? 0 : 1;
        }
    }
    return mounts;
}

Self look_at_self() {
    Self self;
    self.status = read_status(open_own_status());
    self.surroundings = surroundings_of(self.status);
    gid_t real = 0;
    gid_t effective = 0;
    gid_t saved = 0;
    ::getresgid(&real, &effective, &saved);
    self.group_ids = {real, effective, saved};
    const int further = ::getgroups(0, nullptr);
    self.further_groups = further > 0 ? static_cast<std::size_t>(further) : 0;
    for (const std::string_view kind : kinds) {
        self.namespaces.push_back(look_at_namespace(kind));
    }
    const Mounts mounts = count_mounts(read_whole("/proc/self/mountinfo"));
    self.mounts = mounts.all;
    self.writable_mounts = mounts.writable;
    const std::optional<Landlock> landlock = Landlock::make();
    self.landlock_abi = landlock ? landlock->abi() : 0;
    self.can_filter = kernel_can_filter();
    utsname names = {};
    self.kernel = ::uname(&names) == 0 ? names.release : "";
    for (const Limit& limit : limits) {
        rlimit value = {};
        if (::getrlimit(limit.resource, &value) == 0) {
            self.limits.push_back({limit.name, value.rlim_cur});
        }
    }
    self.devices = count_entries("/dev");
    self.has_shell = ::access("/bin/sh", F_OK) == 0;
    return self;
}

}  // namespace cloister::sandbox::audit
