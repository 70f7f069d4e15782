// SPDX-License-Identifier: MIT
#include "site/asset.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include "base/check.h"
#include "base/date.h"
#include "site/media_types.h"

namespace cloister::site {

namespace {

std::string hexadecimal(std::uint64_t number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    return {digits.data(), end};
}

// FNV-1a. Not a secret and not a signature: it only has to differ when the content does.
std::uint64_t digest(std::string_view content) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : content) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return hash;
}

// A date must not lie in the future (RFC 9110 8.8.2.1), and file systems keep some that HTTP has no
// words for.
std::chrono::sys_seconds presentable(std::time_t modified) {
    using std::chrono::sys_seconds;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return std::clamp(sys_seconds(std::chrono::seconds(modified)), sys_seconds(), now);
}

std::string read_all(int file, std::uint64_t size, const std::string& path) {
    std::string content(size, '\0');
    std::size_t have = 0;
    while (have < content.size()) {
        const ssize_t count =
            base::check(::read(file, content.data() + have, content.size() - have), "read " + path);
        if (count == 0) {
            content.resize(have);  // It became shorter; what is there is the file now.
        }
        have += static_cast<std::size_t>(count);
    }
    return content;
}

}  // namespace

// The tag of a file in memory comes from its content, so that images whose files all carry one date
// (reproducible builds) are told apart; a large one is told by size and date to the nanosecond.
Asset::Asset(base::Fd file, const std::string& path, std::string_view name,
             std::uint64_t memory_bytes)
    : file_(std::move(file)) {
    struct stat status {};

    base::check(::fstat(file_.get(), &status), "look at " + path);
    size_ = static_cast<std::uint64_t>(status.st_size);
    modified_ = presentable(status.st_mtim.tv_sec);
    if (size_ <= memory_bytes) {
        content_ = read_all(file_.get(), size_, path);
        size_ = content_.size();
        file_ = base::Fd();
        entity_tag_ = '"' + hexadecimal(digest(content_)) + '-' + hexadecimal(size_) + '"';
    } else {
        const auto nanoseconds =
            static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000U +
            static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
        entity_tag_ = '"' + hexadecimal(nanoseconds) + '-' + hexadecimal(size_) + '"';
    }
    const std::string date = base::http_date(modified_);
    fields_ = http::FieldBlock({{"Content-Type", std::string(media_type(name))},
                                {"ETag", entity_tag_},
                                {"Last-Modified", date},
                                {"Accept-Ranges", "bytes"}});
    validators_ = http::FieldBlock({{"ETag", entity_tag_}, {"Last-Modified", date}});
}

http::Body Asset::body(std::uint64_t offset, std::uint64_t length) const {
    if (file_) {
        return http::FileWindow{.fd = file_.get(), .offset = offset, .length = length};
    }
    return std::string_view(content_).substr(offset, length);
}

}  // namespace cloister::site
