// SPDX-License-Identifier: MIT
#include "base/sealed_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/check.h"

namespace cloister::base {

namespace {

// A file of tmpfs that is no memfd can only have the first of these.
constexpr int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Fd make_memfd(const std::string& name) {
    constexpr unsigned int no_exec_seal = 0x0008U;  // MFD_NOEXEC_SEAL; <linux/memfd.h> since 6.3
    constexpr unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    Fd fd(::memfd_create(name.c_str(), flags | no_exec_seal));
    if (!fd && errno == EINVAL) {
        fd = Fd(::memfd_create(name.c_str(), flags));
    }
    check(fd.get(), "memfd_create " + name);
    return fd;
}

void require_room_for(std::size_t size) {
    rlimit limit{};
    check(::getrlimit(RLIMIT_FSIZE, &limit), "getrlimit RLIMIT_FSIZE");
    if (limit.rlim_cur < size) {
        throw std::system_error(EFBIG, std::generic_category(),
                                "RLIMIT_FSIZE is below " + std::to_string(size) + " bytes");
    }
}

}  // namespace

Fd seal_in_memory(std::string_view name, std::span<const std::byte> bytes) {
    require_room_for(bytes.size());
    Fd fd = make_memfd(std::string(name));
    while (!bytes.empty()) {
        const ssize_t written = check(::write(fd.get(), bytes.data(), bytes.size()), "fill memfd");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    check(::fcntl(fd.get(), F_ADD_SEALS, seals), "seal memfd");
    return fd;
}

bool read_sealed(int fd, std::span<std::byte> into) {
    const int present = ::fcntl(fd, F_GET_SEALS);
    if (present == -1 || (present & seals) != seals) {
        return false;
    }

    struct stat status {};

    return ::fstat(fd, &status) == 0 && static_cast<std::size_t>(status.st_size) == into.size() &&
           ::pread(fd, into.data(), into.size(), 0) == static_cast<ssize_t>(into.size());
}

}  // namespace cloister::base
