// SPDX-License-Identifier: MIT
// A few bytes in memory that nobody can change any more, and that a descriptor carries from one
// process to another without touching a disk: memfd_create(2), F_ADD_SEALS of fcntl(2).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/fd.h"

namespace cloister::base {

// A memfd that holds exactly `bytes`, sealed against writing, growing, shrinking and other seals,
// and against execution where the kernel can (MFD_NOEXEC_SEAL, Linux 6.3). `name`, at most 249
// bytes, is seen in /proc/PID/fd alone.
//
// Throws std::system_error; EFBIG if RLIMIT_FSIZE is below the size, which is asked first because
// the write(2) would end the process by SIGXFSZ. Not for confined processes.
Fd seal_in_memory(std::string_view name, std::span<const std::byte> bytes);

// Fills `into` from the beginning of `fd`, whose offset stays. False, and `into` is unspecified, if
// `fd` is anything but a readable memfd of exactly this size with all four seals, so that what was
// read is what its maker sealed.
[[nodiscard]] bool read_sealed(int fd, std::span<std::byte> into);

}  // namespace cloister::base
