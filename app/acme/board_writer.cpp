// SPDX-License-Identifier: MIT
#include "acme/board_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace cloister::acme {

namespace {

// The folder that holds `path`, locked (flock(2)).
base::Fd lock_folder_of(const std::string& path) {
    std::string folder = std::filesystem::path(path).parent_path();
    folder = folder.empty() ? "." : folder;
    base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) {
        throw base::Failure(EX_NOINPUT, "cannot open the folder " + folder + " of the board: " +
                                            std::generic_category().message(errno) +
                                            "; make it first");
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == -1) {
        throw base::Failure(EX_TEMPFAIL,
                            "another process writes the board " + path +
                                "; end it first: systemctl stop cloister-acme.service");
    }
    return fd;
}

// An empty board. Its space is taken now: what is mapped later must not find the disk full.
base::Fd make_board(const std::string& path) {
    const std::string beside = path + ".new";
    constexpr int flags = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    base::Fd fd(base::check(::open(beside.c_str(), flags, 0644), "make " + beside));
    // Whatever the umask is, the server's user reads it, and nobody else writes it.
    base::check(::fchmod(fd.get(), 0644), "open up " + beside);
    if (const int error = ::posix_fallocate(fd.get(), 0, sizeof(BoardMemory)); error != 0) {
        throw std::system_error(error, std::generic_category(), "make room for " + beside);
    }
    map_board(fd.get(), PROT_READ | PROT_WRITE)->format.store(board_format);
    base::check(::rename(beside.c_str(), path.c_str()), "put " + beside + " in place");
    return fd;
}

void fill(Slot& slot, std::string_view text) {
    std::array<std::uint64_t, std::tuple_size_v<Slot>> words{};
    text.copy(reinterpret_cast<char*>(words.data()), sizeof words);
    for (std::size_t at = 0; at < slot.size(); ++at) {
        slot[at].store(words[at], std::memory_order_relaxed);
    }
}

}  // namespace

BoardWriter BoardWriter::open(const std::string& path) {
    base::Fd folder = lock_folder_of(path);
    base::Fd file(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const bool is_new = !file || !is_board(file.get());
    if (is_new) {
        file = make_board(path);
    }
    return {std::move(folder), map_board(file.get(), PROT_READ | PROT_WRITE), is_new};
}

void BoardWriter::show(std::span<const std::string> answers) {
    const std::uint64_t count = memory_->count.load(std::memory_order_relaxed);
    // A reader that sees a word of what follows sees that the count has changed, too.
    std::atomic_thread_fence(std::memory_order_release);
    Page& page = memory_->pages[(count + 1) % 2];
    for (std::size_t at = 0; at < page.size(); ++at) {
        fill(page[at], at < answers.size() ? std::string_view(answers[at]) : std::string_view());
    }
    memory_->count.store(count + 1, std::memory_order_release);
}

}  // namespace cloister::acme
