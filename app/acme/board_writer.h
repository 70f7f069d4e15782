// SPDX-License-Identifier: MIT
// The board, as its only writer changes it, outside of the server's lock.
#pragma once

#include <span>
#include <string>

#include "acme/board_memory.h"
#include "base/fd.h"

namespace cloister::acme {

class BoardWriter {
  public:
    // Opens the board at `path`, or makes an empty one if there is none of this version: beside it
    // and then in its place, so that a server that has mapped the old file keeps it whole. Holds a
    // lock on the folder until it is destroyed. Throws base::Failure (EX_TEMPFAIL if another writer
    // has the lock, EX_NOINPUT if there is no such folder) and std::system_error.
    static BoardWriter open(const std::string& path);

    // Puts up exactly `answers`: key authorizations (challenge.h), limits::challenge_count at most.
    // Whoever reads meanwhile sees all of what was up before or all of this.
    void show(std::span<const std::string> answers);

    // Whether open() made it: then a server that runs has another one, or none, until it is started
    // again.
    [[nodiscard]] bool is_new() const { return is_new_; }

  private:
    BoardWriter(base::Fd folder, MappedBoard memory, bool is_new)
        : folder_(std::move(folder)), memory_(std::move(memory)), is_new_(is_new) {}

    base::Fd folder_;  // locked
    MappedBoard memory_;
    bool is_new_;
};

}  // namespace cloister::acme
