// SPDX-License-Identifier: MIT
#include "press/listings.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "press/listing.h"
#include "press/reader.h"

namespace cloister::press {

namespace {

// What is in a folder, and when that last changed.
struct Listed {
    std::vector<ListedName> names;
    std::chrono::sys_seconds modified;
};

using Listings = std::map<std::string, Listed, std::less<>>;  // by folder, "/docs/"

bool is_for_programs(std::string_view path) {
    return path.starts_with("/.well-known/");
}

// "/docs/" for "/docs/a.txt" and for "/docs/sub/".
std::string_view folder_above(std::string_view path) {
    return path.substr(0, path.rfind('/', path.size() - 2) + 1);
}

void add_files(const Draft& draft, Listings& listings) {
    for (const auto& [path, answer] : draft.paths) {
        const auto folder = listings.find(folder_above(path));
        if (folder == listings.end()) {
            continue;
        }
        const Representation& own = draft.assets.at(*answer.asset).representations.front();
        folder->second.names.push_back({.name = path.substr(folder->first.size()),
                                        .is_folder = false,
                                        .size = std::get<UnreadFile>(own.content).size,
                                        .modified = own.modified.time_since_epoch().count()});
        folder->second.modified = std::max(folder->second.modified, own.modified);
    }
}

void add_folders(const Draft& draft, Listings& listings) {
    for (const Folder& inner : draft.folders) {
        const auto folder = listings.find(folder_above(inner.path));
        if (inner.path == "/" || is_for_programs(inner.path) || folder == listings.end()) {
            continue;
        }
        std::string name = inner.path.substr(folder->first.size());
        name.pop_back();
        folder->second.names.push_back({.name = std::move(name), .is_folder = true});
    }
}

// What the folder that has changed at `modified` shows at `path`.
struct Made {
    std::string path;
    std::string named;  // as what kind of file it goes
    std::string text;
    Fields fields;
};

void add_made(Draft& draft, Store& store, Made made, std::chrono::sys_seconds modified) {
    const Place place = store.add(made.text);
    Asset asset{.path = std::move(made.named), .representations = {}, .is_made = true};
    asset.representations.push_back(
        {.content = place, .entity_tag = content_tag(place), .modified = modified});
    Answer answer;
    answer.asset = draft.assets.size();
    answer.fields = std::move(made.fields);
    draft.assets.push_back(std::move(asset));
    draft.paths.emplace(std::move(made.path), std::move(answer));
}

}  // namespace

void add_listings(Draft& draft, Store& store) {
    Listings listings;
    for (const Folder& folder : draft.folders) {
        if (!is_for_programs(folder.path) && !draft.paths.contains(folder.path + "index.html")) {
            listings[folder.path].modified = folder.modified;
        }
    }
    add_files(draft, listings);
    add_folders(draft, listings);
    for (auto& [folder, listed] : listings) {
        sort_for_people(listed.names);
        const std::string json = folder + "index.json";
        const bool has_json = !draft.paths.contains(json);
        if (has_json) {
            add_made(draft, store, {json, json, listing_json(listed.names), {}}, listed.modified);
        }
        add_made(draft, store,
                 {folder,
                  folder + "index.html",
                  listing_page(folder, listed.names, has_json),
                  {{"Content-Security-Policy", std::string(listing_policy)}}},
                 listed.modified);
    }
}

}  // namespace cloister::press
