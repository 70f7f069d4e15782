// SPDX-License-Identifier: MIT
#include "acme/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/check.h"

namespace cloister::acme {

namespace {

using std::filesystem::path;

constexpr std::uint32_t of_files =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB | IN_DELETE;
constexpr std::uint32_t of_folders_above = IN_CREATE | IN_MOVED_TO;
constexpr std::uint32_t of_itself = IN_DELETE_SELF | IN_MOVE_SELF;

// False if there is no such folder.
bool add(const base::Fd& inotify, const path& folder, std::uint32_t events) {
    if (::inotify_add_watch(inotify.get(), folder.c_str(), events | of_itself | IN_ONLYDIR) != -1) {
        return true;
    }
    if (errno != ENOENT) {
        throw std::system_error(errno, std::generic_category(), "watch " + folder.string());
    }
    return false;
}

}  // namespace

FolderWatch FolderWatch::on(const std::string& folder) {
    const path whole = std::filesystem::absolute(folder);
    base::Fd inotify(base::check(::inotify_init1(IN_CLOEXEC), "make an inotify"));
    if (add(inotify, whole, of_files)) {
        return {std::move(inotify), false};
    }
    path above = whole.parent_path();
    while (!add(inotify, above, of_folders_above)) {
        above = above.parent_path();
    }
    // What lies between may have been made before the folder above was watched: then this watch is
    // at its end already, and the next one is nearer.
    if (::access((above / *whole.lexically_relative(above).begin()).c_str(), F_OK) == 0) {
        return on(folder);
    }
    return {std::move(inotify), true};
}

bool FolderWatch::wait() {
    alignas(inotify_event) std::array<char, 16384> events{};
    ssize_t length = -1;
    do {
        length = ::read(fd_.get(), events.data(), events.size());
    } while (length == -1 && errno == EINTR);
    base::check(length, "wait for a change");
    bool goes_on = !is_above_;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
        inotify_event event{};
        std::memcpy(&event, events.data() + at, sizeof event);
        goes_on = goes_on && (event.mask & (of_itself | IN_IGNORED | IN_UNMOUNT)) == 0;
        at += sizeof event + event.len;
    }
    return goes_on;
}

}  // namespace cloister::acme
