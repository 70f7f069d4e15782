// SPDX-License-Identifier: MIT
#include "press/reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "press/beneath.h"
#include "press/walk.h"

namespace cloister::press {

namespace {

std::string hexadecimal(std::uint64_t number) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
    return {digits.data(), end};
}

// Up to `size` bytes from the beginning; fewer if it became shorter: what is there is the file now.
std::string read_all(int file, std::uint64_t size, const std::string& shown) {
    std::string content(size, '\0');
    std::size_t have = 0;
    while (have < content.size()) {
        const ssize_t count = base::check(
            ::pread(file, content.data() + have, content.size() - have, static_cast<off_t>(have)),
            "read " + shown);
        if (count == 0) {
            content.resize(have);
        }
        have += static_cast<std::size_t>(count);
    }
    return content;
}

[[noreturn]] void refuse_unopened(const std::string& shown, int error) {
    switch (error) {
        case EMFILE:
        case ENFILE:
            throw base::Failure(
                EX_CONFIG, "too many large files, of which each needs a descriptor: at " + shown +
                               " there were no more; raise LimitNOFILE= in the service, or ulimit "
                               "-n, or make one "
                               "image of the site with cloister pack");
        case EXDEV:
        case ENOENT:
        case ENOTDIR:
        case ELOOP:
        case ENXIO:
            throw base::Failure(EX_TEMPFAIL, shown +
                                                 " went away while the site was opened; put a "
                                                 "new site beside the old one and rename it");
        default:
            refuse_unreadable(shown, error);
    }
}

// The tag of a file in the image comes from its content, so that sites whose files all carry one
// date (reproducible builds) are told apart; a large one is told by size and date to the
// nanosecond.
void read_one(const Draft& draft, Representation& own, Store& store, bool fits) {
    const UnreadFile& unread = std::get<UnreadFile>(own.content);
    const std::string shown = draft.shown + "/" + unread.path;
    base::Fd file = open_beneath(draft.root.get(), unread.path);
    if (!file) {
        refuse_unopened(shown, errno);
    }

    struct stat status {};

    base::check(::fstat(file.get(), &status), "look at " + shown);
    if (!S_ISREG(status.st_mode)) {
        refuse_unopened(shown, ENXIO);
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    // What has grown since the walk was not counted when memory was shared out.
    if (fits && (store.is_file() || size <= unread.size)) {
        const Place place = store.add(file.get(), size, shown);
        own.entity_tag = content_tag(place);
        own.content = place;
        return;
    }
    const auto nanoseconds = static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1'000'000'000U +
                             static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
    own.entity_tag = '"' + hexadecimal(nanoseconds) + '-' + hexadecimal(size) + '"';
    own.content = OpenFile{std::move(file), size};
}

struct Unread {
    Draft* draft;
    Representation* representation;
    std::uint64_t size;
};

void add_unread(Draft& draft, Asset& asset, std::vector<Unread>& all) {
    for (Representation& representation : asset.representations) {
        if (const auto* const file = std::get_if<UnreadFile>(&representation.content)) {
            all.push_back({&draft, &representation, file->size});
        }
    }
}

// The smallest first.
std::vector<Unread> unread_files_of(std::span<Draft> drafts) {
    std::vector<Unread> all;
    for (Draft& draft : drafts) {
        for (Asset& asset : draft.assets) {
            add_unread(draft, asset, all);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Unread& left, const Unread& right) {
        return left.size < right.size;
    });
    return all;
}

}  // namespace

std::string content_tag(const Place& place) {
    return '"' + hexadecimal(place.checksum) + '-' + hexadecimal(place.length) + '"';
}

void read(std::span<Draft> drafts, Store& store, const Budget& budget,
          const base::Progress& progress) {
    const std::vector<Unread> all = unread_files_of(drafts);
    std::vector<std::uint64_t> sizes;
    std::transform(all.begin(), all.end(), std::back_inserter(sizes),
                   [](const Unread& unread) { return unread.size; });
    const std::size_t in_memory = count_in_memory(sizes, budget);
    for (std::size_t index = 0; index < all.size(); ++index) {
        progress("reading files", index, all.size());
        read_one(*all[index].draft, *all[index].representation, store, index < in_memory);
    }
}

std::string bytes_of(const Content& content, Store& store, const std::string& shown,
                     std::uint64_t most) {
    if (const auto* const place = std::get_if<Place>(&content)) {
        Place beginning = *place;
        beginning.length = std::min(place->length, most);
        return store.read(beginning);
    }
    const auto& open = std::get<OpenFile>(content);
    return read_all(open.file.get(), std::min(open.size, most), shown);
}

std::uint64_t size_of(const Content& content) {
    if (const auto* const place = std::get_if<Place>(&content)) {
        return place->length;
    }
    const auto* const open = std::get_if<OpenFile>(&content);
    return open != nullptr ? open->size : std::get<UnreadFile>(content).size;
}

}  // namespace cloister::press
