// SPDX-License-Identifier: MIT
#include "press/conventions.h"

#include <string_view>
#include <utility>

#include "base/check.h"
#include "http/percent.h"

namespace cloister::press {

namespace {

constexpr std::string_view index_page = "index.html";
constexpr std::string_view missing_page = "404.html";
constexpr std::string_view page_ending = ".html";

// "/docs/" for "/docs/NAME"; empty for any other name.
std::string_view folder_of(std::string_view path, std::string_view name) {
    if (!path.ends_with(name)) {
        return {};
    }
    path.remove_suffix(name.size());
    return path.ends_with('/') ? path : std::string_view();
}

// The location is the site's own spelling: the target as sent may be "//host/../../path", which a
// browser would take for another host (RFC 3986 4.2).
Answer redirect_to(std::string_view path) {
    Answer answer;
    answer.status = 301;
    answer.location = http::encode_path(path);
    answer.keeps_query = true;
    return answer;
}

void add_indexes(Draft& draft) {
    Answers more;
    for (const auto& [path, answer] : draft.paths) {
        if (const std::string_view folder = folder_of(path, index_page); !folder.empty()) {
            more.emplace(folder, answer);
        }
    }
    draft.paths.merge(more);
}

// Pages that have a path of their own already are left out: an index, and one that says that
// nothing is there.
void add_short_paths(Draft& draft) {
    Answers more;
    for (const auto& [path, answer] : draft.paths) {
        if (!path.ends_with(page_ending) || !folder_of(path, index_page).empty() ||
            !folder_of(path, missing_page).empty()) {
            continue;
        }
        const std::string shorter = path.substr(0, path.size() - page_ending.size());
        more.emplace(shorter, answer);
        more.emplace(shorter + "/", redirect_to(shorter));
    }
    draft.paths.merge(more);
}

void lead_to_folders(Draft& draft) {
    Answers more;
    for (const auto& [path, answer] : draft.paths) {
        if (path.size() > 1 && path.ends_with('/') && answer.asset) {
            more.emplace(path.substr(0, path.size() - 1), redirect_to(path));
        }
    }
    draft.paths.merge(more);
}

void add_fallbacks(Draft& draft) {
    for (const auto& [path, answer] : draft.paths) {
        const std::string_view folder = folder_of(path, missing_page);
        if (!folder.empty()) {
            Answer page = answer;
            page.status = 404;
            draft.fallbacks.emplace(folder, std::move(page));
        }
    }
}

void answer_with_one_page(Draft& draft) {
    const auto page = draft.paths.find("/index.html");
    if (page == draft.paths.end()) {
        throw base::Failure(EX_CONFIG, draft.shown +
                                           " has no index.html, which --single-page answers with; "
                                           "add it, or leave the flag away");
    }
    draft.fallbacks.insert_or_assign("/", page->second);
}

}  // namespace

void apply_conventions(Draft& draft, const Conventions& wishes) {
    add_indexes(draft);
    add_short_paths(draft);
    lead_to_folders(draft);
    add_fallbacks(draft);
    if (wishes.single_page) {
        answer_with_one_page(draft);
    }
}

}  // namespace cloister::press
