// SPDX-License-Identifier: MIT
#include "press/represent.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "press/compressible.h"
#include "press/compressor.h"
#include "press/media_types.h"
#include "press/reader.h"
#include "press/siblings.h"

namespace cloister::press {

namespace limits = base::limits;
using site::Coding;

namespace {

bool has_coding(const Asset& asset, Coding coding) {
    return std::any_of(asset.representations.begin(), asset.representations.end(),
                       [coding](const Representation& own) { return own.coding == coding; });
}

// The tag of the same bytes as they are, and the coding: "abc-12" becomes "abc-12-br".
std::string coded_tag(std::string tag, Coding coding) {
    tag.back() = '-';
    tag += site::name_of(coding);
    return tag + '"';
}

// The same bytes again; an open file gets another descriptor.
Content shared(const Content& content, const std::string& shown) {
    if (const auto* const place = std::get_if<Place>(&content)) {
        return *place;
    }
    const auto& open = std::get<OpenFile>(content);
    return OpenFile{base::Fd(base::check(::fcntl(open.file.get(), F_DUPFD_CLOEXEC, 0),
                                         "keep " + shown + " open for a second path")),
                    open.size};
}

// Makes `coded` a form of `plain` if it holds that.
void adopt(Draft& draft, Store& store, Asset& plain, const Asset& coded, Coding coding) {
    const Representation& identity = plain.representations.front();
    const Representation& own = coded.representations.front();
    if (plain.is_made || coded.is_made ||
        std::max(size_of(identity.content), size_of(own.content)) > limits::sibling_file_bytes ||
        size_of(own.content) + coding_field_bytes > size_of(identity.content)) {
        return;
    }
    const std::string shown = draft.shown + coded.path;
    const std::string objection =
        objection_to(coding, bytes_of(own.content, store, shown),
                     bytes_of(identity.content, store, draft.shown + plain.path));
    if (!objection.empty()) {
        draft.warnings.push_back(shown + " " + objection + ", ignoring");
        return;
    }
    Representation added{.coding = coding,
                         .content = shared(own.content, shown),
                         .entity_tag = coded_tag(own.entity_tag, coding),
                         .modified = identity.modified};
    plain.representations.push_back(std::move(added));
}

void adopt_siblings(Draft& draft, Store& store) {
    std::unordered_map<std::string_view, std::size_t> by_path;
    for (std::size_t index = 0; index < draft.assets.size(); ++index) {
        by_path.emplace(draft.assets[index].path, index);
    }
    for (const Asset& asset : draft.assets) {
        if (const auto sibling = sibling_named(asset.path)) {
            const auto plain = by_path.find(sibling->name);
            if (plain != by_path.end()) {
                adopt(draft, store, draft.assets[plain->second], asset, sibling->coding);
            }
        }
    }
}

// A file that is to be compressed.
struct Task {
    Draft* draft;
    Asset* asset;
    std::uint64_t bytes;
};

std::vector<Task> tasks_of(std::span<Draft> drafts) {
    std::vector<Task> tasks;
    for (Draft& draft : drafts) {
        for (Asset& asset : draft.assets) {
            const std::uint64_t bytes = size_of(asset.representations.front().content);
            if (bytes <= limits::compressed_file_bytes && is_compressible(media_type(asset.path))) {
                tasks.push_back({&draft, &asset, bytes});
            }
        }
    }
    // As the files themselves: the smaller go into the memory first.
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const Task& left, const Task& right) { return left.bytes < right.bytes; });
    return tasks;
}

class Compressing {
  public:
    Compressing(Store& store, std::uint64_t memory_bytes, Strength strength)
        : store_(store), memory_bytes_(memory_bytes), strength_(strength) {}

    // Compresses all of `tasks` at once.
    void run(std::span<const Task> tasks) {
        std::vector<std::string> contents;
        contents.reserve(tasks.size());  // Each work borrows one.
        std::vector<Work> works;
        std::vector<const Task*> owners;  // of each work
        for (const Task& task : tasks) {
            contents.push_back(bytes_of(task.asset->representations.front().content, store_,
                                        task.draft->shown + task.asset->path));
            for (const Coding coding : {Coding::gzip, Coding::brotli}) {
                if (!has_coding(*task.asset, coding)) {
                    works.push_back({.content = contents.back(), .coding = coding, .coded = {}});
                    owners.push_back(&task);
                }
            }
        }
        compress(works, strength_);
        for (std::size_t index = 0; index < works.size(); ++index) {
            keep(*owners[index]->asset, works[index]);
        }
    }

    // Whether something did not fit any more: what follows is larger.
    [[nodiscard]] bool is_full() const { return is_full_; }

  private:
    void keep(Asset& asset, const Work& work) {
        if (!work.coded) {
            return;
        }
        if (!store_.is_file() && store_.size() + work.coded->size() > memory_bytes_) {
            is_full_ = true;
            return;
        }
        const Place place = store_.add(*work.coded);
        Representation added{.coding = work.coding,
                             .content = place,
                             .entity_tag = coded_tag(content_tag(place), work.coding),
                             .modified = asset.representations.front().modified};
        asset.representations.push_back(std::move(added));
    }

    Store& store_;
    std::uint64_t memory_bytes_;
    Strength strength_;
    bool is_full_ = false;
};

}  // namespace

void represent(std::span<Draft> drafts, Store& store, std::uint64_t memory_bytes,
               const base::Progress& progress) {
    for (Draft& draft : drafts) {
        adopt_siblings(draft, store);
    }
    const std::vector<Task> tasks = tasks_of(drafts);
    std::uint64_t bytes = 0;
    for (const Task& task : tasks) {
        bytes += task.bytes;
    }
    Compressing compressing(store, memory_bytes,
                            store.is_file() ? full_strength : strength_for(bytes));
    // In batches, so that what is copied for them stays bounded.
    for (std::size_t begin = 0; begin < tasks.size() && !compressing.is_full();) {
        progress("compressing files", begin, tasks.size());
        std::size_t end = begin;
        for (std::uint64_t batch = 0; end < tasks.size() && batch < limits::compressed_batch_bytes;
             ++end) {
            batch += tasks[end].bytes;
        }
        compressing.run(std::span(tasks).subspan(begin, end - begin));
        begin = end;
    }
}

}  // namespace cloister::press
