// SPDX-License-Identifier: MIT
// The list of a folder that has no index.html: a page for people, and the same for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloister::press {

struct ListedName {
    std::string name;  // decoded, of one segment; of a folder without its slash
    bool is_folder = false;
    std::uint64_t size = 0;     // bytes, of a file
    std::int64_t modified = 0;  // seconds since 1970, of a file
};

// As people look for names: folders first, then by the letters, upper case as lower, and runs of
// digits by their number, so that "part 2" comes before "part 10".
void sort_for_people(std::vector<ListedName>& names);

// An HTML page for the folder of the decoded path `folder`, which begins and ends with a slash, in
// the order given. Has neither script nor anything from elsewhere. `has_json`: the same stands
// beside it as index.json.
std::string listing_page(std::string_view folder, const std::vector<ListedName>& names,
                         bool has_json);

// The same as JSON, as autoindex_format json of nginx has it: an array of objects with "name",
// "type" ("file" or "directory"), "mtime" as HTTP writes dates, and "size" in bytes, the last two
// of files; and "href", which is exact even for a name that is no UTF-8.
std::string listing_json(const std::vector<ListedName>& names);

// What the page needs under a Content-Security-Policy, as its value.
extern const std::string_view listing_policy;

}  // namespace cloister::press
