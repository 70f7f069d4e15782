// SPDX-License-Identifier: MIT
#include "acme/board_memory.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cloister::acme {

void UnmapBoard::operator()(const BoardMemory* memory) const {
    ::munmap(const_cast<BoardMemory*>(memory), sizeof *memory);
}

bool is_board(int fd) {
    struct stat status {};

    std::uint64_t format = 0;
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_size == static_cast<off_t>(sizeof(BoardMemory)) &&
           ::pread(fd, &format, sizeof format, 0) == static_cast<ssize_t>(sizeof format) &&
           format == board_format;
}

MappedBoard map_board(int fd, int protection) {
    void* const place =
        ::mmap(nullptr, sizeof(BoardMemory), protection, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (place == MAP_FAILED) {
        throw std::system_error(errno, std::generic_category(), "map the board");
    }
    return MappedBoard(static_cast<BoardMemory*>(place));
}

}  // namespace cloister::acme
