// SPDX-License-Identifier: MIT
#include "press/conventions.h"

#include <string_view>
#include <utility>

#include "press/escape.h"
#include "site/media_types.h"

namespace cloister::press {

namespace {

constexpr std::string_view index_name = "index.html";

// "/docs/" for "/docs/index.html"; empty for any other file.
std::string_view folder_of_index(std::string_view path) {
    if (!path.ends_with(index_name)) {
        return {};
    }
    path.remove_suffix(index_name.size());
    return path.ends_with('/') ? path : std::string_view();
}

// From the folder without its slash. The location is the site's own spelling: the target as sent
// may be "//host/../../path", which a browser would take for another host (RFC 3986 4.2).
Answer redirect_to(std::string_view folder) {
    Answer answer;
    answer.status = 301;
    answer.location = escaped_path(folder);
    answer.keeps_query = true;
    return answer;
}

}  // namespace

void apply_conventions(Draft& draft) {
    Answers more;
    for (auto& [path, answer] : draft.paths) {
        answer.fields.push_back({"Content-Type", std::string(site::media_type(path))});
        const std::string_view folder = folder_of_index(path);
        if (folder.empty()) {
            continue;
        }
        more.emplace(folder, answer);
        if (folder != "/") {
            more.emplace(folder.substr(0, folder.size() - 1), redirect_to(folder));
        }
    }
    draft.paths.merge(more);
    const auto missing = draft.paths.find("/404.html");
    if (missing != draft.paths.end()) {
        Answer page = missing->second;
        page.status = 404;
        draft.fallbacks.emplace("/", std::move(page));
    }
}

}  // namespace cloister::press
