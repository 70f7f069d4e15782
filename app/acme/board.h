// SPDX-License-Identifier: MIT
// The board, as the server reads it: answers to ACME challenges that somebody outside of the lock
// puts up while the server runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "acme/board_memory.h"

namespace cloister::acme {

// Memory that is mapped before the lock and shared with the writer's file. To look something up
// takes no system call, no descriptor and no right, so the lock is the same with it and without.
// What it holds is not trusted: garbage is found to be no answer. May be used by all threads.
class Board {
  public:
    // Maps the file at `path`. Throws base::Failure with a remedy: EX_NOINPUT if there is none,
    // EX_CONFIG if it is no board, EX_NOPERM if it may not be read, or if others than its owner may
    // write it, who could cut it off under the server (SIGBUS, mmap(2)).
    static Board open(const std::string& path);

    // What somebody mapped or made otherwise.
    explicit Board(MappedBoard memory) : memory_(std::move(memory)) {}

    // The key authorization for `token`; nothing if it is not up, or if `token` cannot be one.
    [[nodiscard]] std::optional<std::string> find(std::string_view token) const;

  private:
    MappedBoard memory_;
};

}  // namespace cloister::acme
