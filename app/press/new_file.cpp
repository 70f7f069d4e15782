// SPDX-License-Identifier: MIT
#include "press/new_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace cloister::press {

namespace {

// Whether `path` still leads to the open file: a run that ends just now may have renamed it.
bool stands_at(int file, const std::string& path) {
    struct stat own {};

    struct stat found {};

    return ::fstat(file, &own) == 0 && ::stat(path.c_str(), &found) == 0 &&
           own.st_dev == found.st_dev && own.st_ino == found.st_ino;
}

// A rename is on the disk when its folder is.
void flush_folder_of(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const base::Fd opened(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) == -1) {
        refuse_unwritten(path, errno);
    }
}

}  // namespace

NewFile::NewFile(std::string path) : path_(std::move(path)), name_(path_ + ".new") {
    std::error_code ignored;
    const std::filesystem::file_status found = std::filesystem::status(path_, ignored);
    if (std::filesystem::exists(found) && !std::filesystem::is_regular_file(found)) {
        throw base::Failure(EX_CANTCREAT,
                            path_ + " is there, and no file; name the file to be written");
    }
    base::Fd file(::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) {
        throw base::Failure(EX_CANTCREAT, "cannot write " + name_ + ": " +
                                              std::generic_category().message(errno) +
                                              "; name a file in a folder that you may write to");
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == -1 || !stands_at(file.get(), name_)) {
        throw base::Failure(EX_TEMPFAIL, "somebody else is writing " + name_ + "; wait for that");
    }
    file_ = std::move(file);
    if (::ftruncate(file_.get(), 0) == -1) {
        refuse_unwritten(name_, errno);
    }
}

NewFile::~NewFile() {
    if (file_ && !is_published_) {
        ::unlink(name_.c_str());
    }
}

base::Fd NewFile::duplicate() const {
    return base::Fd(base::check(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0),
                                "duplicate a descriptor of " + name_));
}

void NewFile::publish() {
    if (::fsync(file_.get()) == -1 || std::rename(name_.c_str(), path_.c_str()) == -1) {
        refuse_unwritten(name_, errno);
    }
    is_published_ = true;
    flush_folder_of(path_);
}

void refuse_unwritten(const std::string& shown, int error) {
    const bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    throw base::Failure(EX_IOERR, "cannot write " + shown + ": " +
                                      std::generic_category().message(error) +
                                      (is_full ? "; make room, or name a file on another disk"
                                               : "; look at the disk, or name a file on another"));
}

}  // namespace cloister::press
