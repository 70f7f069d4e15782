// SPDX-License-Identifier: MIT
// A file that is written beside the place where it will stand, and comes there whole or not at all.
#pragma once

#include <string>

#include "base/fd.h"

namespace cloister::press {

class NewFile {
  public:
    // Makes `path`.new, empty, for reading and writing; what an earlier run left there goes. Throws
    // base::Failure, naming the file and the remedy, if it cannot be made, if somebody else is
    // writing it, or if something else than a file stands at `path`.
    explicit NewFile(std::string path);

    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    // Removes what has not been published.
    ~NewFile();

    // Another descriptor of it. Throws std::system_error.
    [[nodiscard]] base::Fd duplicate() const;

    // The name that it has until then.
    [[nodiscard]] const std::string& name() const { return name_; }

    // Waits until all of it is on the disk, and puts it in the place of whatever stands at the
    // path. Who has opened that keeps it as it was. Throws as refuse_unwritten() does.
    void publish();

  private:
    std::string path_;
    std::string name_;
    base::Fd file_;
    bool is_published_ = false;
};

// The refusal to go on because `error`, an errno, forbids to write to `shown`.
[[noreturn]] void refuse_unwritten(const std::string& shown, int error);

}  // namespace cloister::press
