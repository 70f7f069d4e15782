// SPDX-License-Identifier: MIT
// `cloister acme-board`: what cloister-acme.service runs, outside of the server and of its lock.
#pragma once

#include <string>

#include "base/log.h"

namespace cloister {

// Keeps the board (acme/board_memory.h) at `board` as the challenges in `folder` are, until a
// signal ends the process; makes the board if there is none. Tells the service manager when the
// board is as the folder is. Throws base::Failure and std::system_error.
[[noreturn]] void keep_acme_board(const std::string& folder, const std::string& board,
                                  const base::Log& log);

}  // namespace cloister
