// SPDX-License-Identifier: MIT
#include "acme/board.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "acme/challenge.h"
#include "base/check.h"
#include "base/fd.h"

namespace cloister::acme {

namespace {

// Each time the page changed during the look. It takes a writer that never pauses, which ours is
// not; a loop must not wait even for that one.
constexpr int most_looks = 8;

// A copy that nobody changes.
class SlotText {
  public:
    explicit SlotText(const Slot& slot) {
        for (std::size_t at = 0; at < slot.size(); ++at) {
            const std::uint64_t word = slot[at].load(std::memory_order_relaxed);
            std::memcpy(text_.data() + at * sizeof word, &word, sizeof word);
        }
    }

    [[nodiscard]] std::string_view text() const {
        return {text_.data(), ::strnlen(text_.data(), text_.size())};
    }

  private:
    std::array<char, sizeof(Slot)> text_;
};

std::optional<std::string> find_on(const Page& page, std::string_view token) {
    for (const Slot& slot : page) {
        const SlotText copy(slot);
        if (copy.text().empty()) {
            break;
        }
        if (token_of(copy.text()) == token) {
            return std::string(copy.text());
        }
    }
    return std::nullopt;
}

[[noreturn]] void refuse_unopened(const std::string& path, int error) {
    const std::string reason = path + ": " + std::generic_category().message(error);
    if (error == EACCES) {
        throw base::Failure(EX_NOPERM, "cannot read the board " + reason +
                                           "; let the service's user read it (chmod o+r)");
    }
    throw base::Failure(EX_NOINPUT,
                        "cannot open the board " + reason +
                            "; systemctl start cloister-acme.service makes it, or by hand: "
                            "cloister acme-board DIR " +
                            path);
}

}  // namespace

Board Board::open(const std::string& path) {
    const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        refuse_unopened(path, errno);
    }
    if (!is_board(file.get())) {
        throw base::Failure(EX_CONFIG, path +
                                           " is no board of this version; systemctl restart "
                                           "cloister-acme.service makes a new one");
    }

    struct stat status {};

    base::check(::fstat(file.get(), &status), "look at " + path);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw base::Failure(EX_NOPERM, "others than its owner may write the board " + path +
                                           "; take that away (chmod go-w)");
    }
    return Board(map_board(file.get(), PROT_READ));
}

std::optional<std::string> Board::find(std::string_view token) const {
    if (!is_token(token)) {
        return std::nullopt;
    }
    for (int look = 0; look < most_looks; ++look) {
        const std::uint64_t count = memory_->count.load(std::memory_order_acquire);
        std::optional<std::string> found = find_on(memory_->pages[count % 2], token);
        std::atomic_thread_fence(std::memory_order_acquire);
        if (memory_->count.load(std::memory_order_relaxed) == count) {
            return found;
        }
    }
    return std::nullopt;
}

}  // namespace cloister::acme
