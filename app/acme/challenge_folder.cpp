// SPDX-License-Identifier: MIT
#include "acme/challenge_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

#include "acme/challenge.h"
#include "base/fd.h"
#include "base/limits.h"

namespace cloister::acme {

namespace {

using base::limits::challenge_count;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

using Directory = std::unique_ptr<DIR, CloseDirectory>;

struct Answer {
    std::string text;
    timespec changed;
};

bool is_newer(const Answer& one, const Answer& other) {
    return one.changed.tv_sec != other.changed.tv_sec ? one.changed.tv_sec > other.changed.tv_sec
                                                      : one.changed.tv_nsec > other.changed.tv_nsec;
}

std::string_view without_white_end(std::string_view text) {
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// The answer in the file `token`; nothing, with the reason in `why`, if it holds none. A file that
// has gone meanwhile needs no reason.
std::optional<Answer> read_answer(int folder, const std::string& token, std::string& why) {
    const base::Fd file(
        ::openat(folder, token.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));

    struct stat status {};

    if (!file || ::fstat(file.get(), &status) == -1) {
        why = errno == ENOENT ? "" : std::generic_category().message(errno);
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        why = "no regular file";
        return std::nullopt;
    }
    std::array<char, 512> bytes{};  // More than any answer has.
    const ssize_t length = ::read(file.get(), bytes.data(), bytes.size());
    const std::string_view text =
        without_white_end({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))});
    if (token_of(text) != token) {
        why = "does not hold the token's key authorization (RFC 8555 8.1)";
        return std::nullopt;
    }
    return Answer{std::string(text), status.st_mtim};
}

std::vector<std::string> names_in(DIR& directory) {
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(&directory)) {  // NOLINT(concurrency-mt-unsafe)
        const std::string name(static_cast<const char*>(entry->d_name));
        if (name != "." && name != "..") {
            names.push_back(name);
        }
    }
    if (errno != 0) {
        throw std::system_error(errno, std::generic_category(), "list the challenges");
    }
    return names;
}

std::string warning(const std::string& folder, const std::string& name, const std::string& why) {
    return folder + "/" + name + ": " + why + ", ignoring";
}

}  // namespace

Challenges read_challenges(const std::string& folder) {
    const Directory directory(::opendir(folder.c_str()));
    if (directory == nullptr) {
        if (errno == ENOENT) {
            return {};  // A client may remove it, as certbot does with one that it made.
        }
        throw std::system_error(errno, std::generic_category(), "open " + folder);
    }
    Challenges challenges;
    std::vector<Answer> answers;
    for (const std::string& name : names_in(*directory)) {
        std::string why = "its name is no token";
        std::optional<Answer> answer;
        if (is_token(name)) {
            answer = read_answer(::dirfd(directory.get()), name, why);
        }
        if (answer) {
            answers.push_back(std::move(*answer));
        } else if (!why.empty()) {
            challenges.warnings.push_back(warning(folder, name, why));
        }
    }
    std::sort(answers.begin(), answers.end(), is_newer);
    if (answers.size() > challenge_count) {
        challenges.warnings.push_back("the oldest " +
                                      std::to_string(answers.size() - challenge_count) + " of " +
                                      std::to_string(answers.size()) + " challenges in " + folder +
                                      " find no place on the board, ignoring");
        answers.resize(challenge_count);
    }
    for (Answer& answer : answers) {
        challenges.answers.push_back(std::move(answer.text));
    }
    return challenges;
}

}  // namespace cloister::acme
