// SPDX-License-Identifier: MIT
#include "press/beneath.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <climits>

namespace cloister::press {

namespace {

std::string link_of(int descriptor) {
    return "/proc/self/fd/" + std::to_string(descriptor);
}

// Where an open descriptor's file lies; empty if the kernel does not say, or not whole.
std::string place_of(int descriptor) {
    std::array<char, PATH_MAX> place{};
    const ssize_t length = ::readlink(link_of(descriptor).c_str(), place.data(), place.size());
    if (length <= 0 || static_cast<std::size_t>(length) == place.size()) {
        return {};
    }
    return {place.data(), static_cast<std::size_t>(length)};
}

bool is_beneath(const std::string& place, const std::string& root) {
    if (root == "/") {
        return place.starts_with('/');
    }
    return !root.empty() && (place == root || place.starts_with(root + '/'));
}

}  // namespace

base::Fd open_beneath(int root, const std::string& path) {
    const base::Fd found(::openat(root, path.c_str(), O_PATH | O_CLOEXEC));
    if (!found) {
        return {};
    }
    if (!is_beneath(place_of(found.get()), place_of(root))) {
        errno = EXDEV;
        return {};
    }
    return base::Fd(
        ::open(link_of(found.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

}  // namespace cloister::press
