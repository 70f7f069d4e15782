// SPDX-License-Identifier: MIT
// Files and folders, by name.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

constexpr const char* file = "/etc/passwd";
constexpr int reading = O_RDONLY | O_CLOEXEC;
constexpr int creating = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
constexpr int only_mine = 0600;

// The end of every deed that opens a file: it is open, and its first byte is read.
long read_a_byte(Stage& stage, long opened) {
    std::array<char, 1> byte = {};
    if (stage.got(opened) == -1) {
        return -1;
    }
    return happened(call(SYS_read, opened, byte.data(), byte.size()) == 1);
}

long list(Stage& stage, long opened) {
    std::array<char, 1024> entries = {};
    const long bytes = call(SYS_getdents64, opened, entries.data(), entries.size());
    return stage.got(bytes) == -1 ? -1 : happened(bytes > 0);
}

long list_root(Stage& stage) {
    const long opened = call(SYS_openat, AT_FDCWD, "/", reading | O_DIRECTORY);
    return stage.got(opened) == -1 ? -1 : list(stage, opened);
}

long write_own_memory(Stage& stage) {
    static volatile char byte = 'a';
    const long opened = call(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR | O_CLOEXEC);
    if (stage.got(opened) == -1 || call(SYS_pwrite64, opened, "b", 1, &byte) != 1) {
        return -1;
    }
    return happened(byte == 'b');
}

long open_by_openat2(Stage& stage, long folder, const char* path, std::uint64_t resolve) {
    open_how how = {};
    how.flags = reading;
    how.resolve = resolve;
    return read_a_byte(stage, call(SYS_openat2, folder, path, &how, sizeof how));
}

long stat_by_statx(Stage& stage) {
    struct statx status = {};
    const long result = call(SYS_statx, AT_FDCWD, file, 0, STATX_SIZE, &status);
    return stage.got(result) == -1 ? -1 : happened(status.stx_size > 0);
}

template <long number>
long stat_by(Stage& stage) {
    struct stat status = {};
    long result = -1;
    if constexpr (number == SYS_newfstatat) {
        result = call(number, AT_FDCWD, file, &status, 0);
    } else {
        result = call(number, file, &status);
    }
    return stage.got(result) == -1 ? -1 : happened(status.st_size > 0);
}

long read_link(Stage& stage) {
    std::array<char, 256> target = {};
    return stage.got(call(SYS_readlink, "/proc/self/exe", target.data(), target.size()));
}

long watch_a_folder(Stage& stage) {
    const long watcher = call(SYS_inotify_init1, IN_CLOEXEC);
    return watcher == -1 ? -1
                         : stage.got(call(SYS_inotify_add_watch, watcher, "/etc", IN_ALL_EVENTS));
}

constexpr Control works = Control::works;
constexpr Control fails = Control::fails;

constexpr auto rows = std::to_array<Attempt>({
    {5, "openat", SYS_openat, works, "read whatever this user may read",
     [](Stage& stage) { return read_a_byte(stage, call(SYS_openat, AT_FDCWD, file, reading)); }},
    {5, "open", SYS_open, works, "the same, by the older call",
     [](Stage& stage) { return read_a_byte(stage, call(SYS_open, file, reading)); }},
    {5, "openat2", SYS_openat2, works, "the same, where a filter cannot see the flags",
     [](Stage& stage) { return open_by_openat2(stage, AT_FDCWD, file, 0); }},
    {5, "openat-held", SYS_openat, works, "read what lies beside the site",
     [](Stage& stage) {
         return read_a_byte(stage, call(SYS_openat, stage.folder.get(), "passwd", reading));
     },
     &Stage::folder},
    {5, "list-root", SYS_openat, works, "see what there is", list_root},
    {5, "list-held", SYS_getdents64, works, "see what lies beside the site",
     [](Stage& stage) { return list(stage, stage.folder.get()); }, &Stage::folder},
    {6, "create-file", SYS_openat, works, "leave something behind for others to run",
     [](Stage& stage) {
         return stage.got(call(SYS_openat, AT_FDCWD, stage.scratch.c_str(), creating, only_mine));
     }},
    {6, "creat", SYS_creat, works, "the same, by the older call",
     [](Stage& stage) { return stage.got(call(SYS_creat, stage.scratch.c_str(), only_mine)); }},
    {6, "mkdir", SYS_mkdir, works, "make room for more",
     [](Stage& stage) { return stage.got(call(SYS_mkdir, stage.scratch.c_str(), 0700)); }},
    {6, "symlink", SYS_symlink, works, "lead a careless program astray",
     [](Stage& stage) { return stage.got(call(SYS_symlink, file, stage.scratch.c_str())); }},
    {6, "truncate", SYS_truncate, fails, "destroy a file",
     [](Stage& stage) { return stage.got(call(SYS_truncate, file, 0)); }},
    {7, "write-own-memory", SYS_openat, works, "write over code that is mapped read-only",
     write_own_memory},
    {8, "dot-dot", SYS_openat, works, "climb out of a folder that is held",
     [](Stage& stage) {
         return read_a_byte(stage, call(SYS_openat, stage.folder.get(), "../etc/passwd", reading));
     },
     &Stage::folder},
    {8, "symbolic-link", SYS_openat, works, "follow a link out of a folder that is held",
     [](Stage& stage) {
         return read_a_byte(stage, call(SYS_openat, stage.folder.get(), "os-release", reading));
     },
     &Stage::folder},
    {8, "magic-link", SYS_openat, works, "go round the path by way of /proc",
     [](Stage& stage) {
         return read_a_byte(stage,
                            call(SYS_openat, AT_FDCWD, "/proc/self/root/etc/passwd", reading));
     }},
    {8, "openat2-in-root", SYS_openat2, works, "take a held folder for a root",
     [](Stage& stage) {
         return open_by_openat2(stage, stage.folder.get(), "/passwd", RESOLVE_IN_ROOT);
     },
     &Stage::folder},
    {8, "openat2-beneath", SYS_openat2, fails, "climb out where the kernel itself forbids it",
     [](Stage& stage) {
         return open_by_openat2(stage, stage.folder.get(), "../etc/passwd", RESOLVE_BENEATH);
     },
     &Stage::folder},
    {8, "hard-link", SYS_link, fails, "have a second name for another user's file",
     [](Stage& stage) { return stage.got(call(SYS_link, file, stage.scratch.c_str())); }},
    {9, "stat", SYS_stat, works, "learn which files exist", stat_by<SYS_stat>},
    {9, "newfstatat", SYS_newfstatat, works, "the same, as the C library does it",
     stat_by<SYS_newfstatat>},
    {9, "statx", SYS_statx, works, "the same, by the newest call", stat_by_statx},
    {9, "access", SYS_access, works, "learn what this user may read",
     [](Stage& stage) { return stage.got(call(SYS_access, file, 4)); }},
    {9, "readlink", SYS_readlink, works, "learn where the program lies", read_link},
    {9, "chdir", SYS_chdir, works, "stand elsewhere",
     [](Stage& stage) { return stage.got(call(SYS_chdir, "/etc")); }},
    {9, "inotify", SYS_inotify_init1, works, "be told when others change files", watch_a_folder},
});

}  // namespace

std::span<const Attempt> file_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
