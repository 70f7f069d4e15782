// SPDX-License-Identifier: MIT
#include "transport/tls_secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/fd.h"
#include "base/limits.h"
#include "transport/tls_files.h"

namespace cloister::transport {

namespace limits = base::limits;

Secret::Secret(std::size_t size)
    : bytes_(std::make_unique<unsigned char[]>(size)), size_(size), capacity_(size) {}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    Secret taken(std::move(other));
    std::swap(bytes_, taken.bytes_);
    std::swap(size_, taken.size_);
    std::swap(capacity_, taken.capacity_);
    return *this;
}

Secret::~Secret() {
    if (bytes_ != nullptr) {
        ::explicit_bzero(bytes_.get(), capacity_);
    }
}

std::string_view Secret::text() const {
    return {reinterpret_cast<const char*>(bytes_.get()), size_};
}

namespace {

constexpr mode_t others = S_IRWXO;

base::Fd open_file(const std::string& path) {
    // O_NONBLOCK: opening a FIFO would wait for a writer.
    base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file) {
        return file;
    }
    const std::string reason = std::generic_category().message(errno);
    switch (errno) {
        case ENOENT:
        case ENOTDIR:
            refuse(EX_NOINPUT, path,
                   reason +
                       "; put it there, or let --tls-cert, --tls-key or LoadCredential= name "
                       "where it is");
        case EACCES:
        case EPERM:
            refuse(EX_NOPERM, path,
                   reason +
                       "; pass it with LoadCredential= of the service unit, which systemd "
                       "reads as root, or let the service's user read it");
        default:
            refuse(EX_CONFIG, path, reason + "; name a regular file");
    }
}

struct stat examine(const base::Fd& file, const std::string& path) {
    struct stat status {};

    base::check(::fstat(file.get(), &status), "examine " + path);
    if (!S_ISREG(status.st_mode)) {
        refuse(EX_CONFIG, path,
               S_ISDIR(status.st_mode) ? "it is a directory; name the file in it"
                                       : "it is not a regular file; copy its content into one");
    }
    if (status.st_size == 0) {
        refuse(EX_CONFIG, path, "it is empty; write it again");
    }
    if (static_cast<std::size_t>(status.st_size) > limits::tls_file_bytes) {
        refuse(EX_CONFIG, path,
               "it has more than " + std::to_string(limits::tls_file_bytes) +
                   " bytes; leave in it only what belongs to this certificate");
    }
    return status;
}

Secret read_whole(const base::Fd& file, std::size_t size, const std::string& path) {
    Secret content(size);
    std::size_t have = 0;
    while (have < size) {
        const ssize_t got = base::check(
            ::read(file.get(), content.bytes().subspan(have).data(), size - have), "read " + path);
        if (got == 0) {
            refuse(EX_CONFIG, path, "it became shorter while it was read; start again");
        }
        have += static_cast<std::size_t>(got);
    }
    return content;
}

}  // namespace

Secret read_file(const std::string& path) {
    const base::Fd file = open_file(path);
    const struct stat status = examine(file, path);
    return read_whole(file, static_cast<std::size_t>(status.st_size), path);
}

Secret read_secret(const std::string& path) {
    const base::Fd file = open_file(path);
    const struct stat status = examine(file, path);
    if ((status.st_mode & others) != 0) {
        refuse(EX_NOPERM, path,
               "everybody on this machine may use this key; let only its owner and group: "
               "chmod o= " +
                   path);
    }
    return read_whole(file, static_cast<std::size_t>(status.st_size), path);
}

}  // namespace cloister::transport
