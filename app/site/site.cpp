// SPDX-License-Identifier: MIT
#include "site/site.h"

#include <algorithm>
#include <utility>

#include "http/fields.h"
#include "site/hash.h"
#include "site/image_check.h"

namespace cloister::site {

namespace {

// Without its port, which begins at the last colon unless that is within an IPv6 address, and
// without the dot that a complete name may end in.
std::string_view name_of(std::string_view authority) {
    const std::size_t bracket = authority.find_last_of(']');
    const std::size_t from = bracket == std::string_view::npos ? 0 : bracket + 1;
    std::string_view name = authority.substr(0, authority.find(':', from));
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return name;
}

// `lower` is in lower case already.
bool is_before(std::string_view lower, std::string_view name) {
    return std::lexicographical_compare(
        lower.begin(), lower.end(), name.begin(), name.end(), [](char left, char right) {
            return static_cast<unsigned char>(http::to_lower(left)) <
                   static_cast<unsigned char>(http::to_lower(right));
        });
}

template <class Row>
std::span<const Row> rows(std::string_view index, const Table& table) {
    return {rows_of<Row>(index, table), table.count};
}

}  // namespace

Site::Site(Region image, base::Fd file, std::vector<base::Fd> beside, const std::string& shown)
    : image_(std::move(image)), file_(std::move(file)), beside_(std::move(beside)) {
    const Header header =
        check_image(image_.bytes(), static_cast<bool>(file_), beside_.size(), shown);
    const std::string_view index = image_.bytes().substr(header.index, header.index_bytes);
    file_count_ = header.asset_count;
    index_ = index.data();
    hosts_ = rows<Host>(index, header.hosts);
    slots_ = rows<Slot>(index, header.slots);
    entries_ = rows<Entry>(index, header.entries);
    variants_ = rows<Variant>(index, header.variants);
    contents_ = rows<Content>(index, header.contents);
}

const Host* Site::host_of(std::string_view authority) const {
    if (hosts_.empty()) {
        return nullptr;
    }
    const bool has_default = hosts_.front().name.length == 0;
    if (hosts_.size() > 1 || !has_default) {
        const std::string_view name = name_of(authority);
        const auto found = std::lower_bound(hosts_.begin(), hosts_.end(), name,
                                            [this](const Host& host, std::string_view wanted) {
                                                return is_before(text(host.name), wanted);
                                            });
        if (found != hosts_.end() && http::equals_ignoring_case(name, text(found->name))) {
            return &*found;
        }
    }
    return has_default ? hosts_.data() : nullptr;
}

const Entry* Site::look_up(const Host& host, std::string_view key) const {
    const std::uint64_t hash = hash_of(key);
    const auto upper = static_cast<std::uint32_t>(hash >> 32U);
    for (std::uint64_t at = hash;; ++at) {
        const Slot& slot = slots_[host.slot + (at & host.slot_mask)];
        if (slot.entry == 0) {
            return nullptr;
        }
        if (slot.hash == upper) {
            const Entry& entry = entries_[slot.entry - 1];
            if (text(entry.path) == key) {
                return &entry;
            }
        }
    }
}

const Entry* Site::find(const Host& host, std::string_view path) const {
    return path.starts_with('/') ? look_up(host, path) : nullptr;
}

// No deeper than the deepest folder that has one, so that a path of thousands of slashes costs no
// more than another.
const Entry* Site::fallback(const Host& host, std::string_view path) const {
    if (!path.starts_with('/')) {
        return nullptr;
    }
    std::size_t end = 0;  // behind the last slash looked at
    for (std::uint32_t depth = 0; depth < host.fallback_depth; ++depth) {
        const std::size_t slash = path.find('/', end);
        if (slash == std::string_view::npos) {
            break;
        }
        end = slash + 1;
    }
    while (end > 0) {
        const Entry* const entry = look_up(host, path.substr(1, end - 1));
        if (entry != nullptr) {
            return entry;
        }
        end = end == 1 ? 0 : path.rfind('/', end - 2) + 1;
    }
    return nullptr;
}

http::Body Site::body(const Content& content, std::uint64_t offset, std::uint64_t length) const {
    if (content.home == home_mapped) {
        return image_.bytes().substr(content.offset + offset, length);
    }
    const base::Fd& file =
        content.home == home_image ? file_ : beside_[content.home - home_first_file];
    return http::FileWindow{.fd = file.get(), .offset = content.offset + offset, .length = length};
}

// By entries, because they have the names; those that share a body have it read once.
void Site::check_bodies(const std::string& shown, const base::Progress& progress) const {
    std::vector<bool> is_checked(contents_.size());
    std::uint64_t done = 0;
    for (const Entry& entry : entries_) {
        for (const Variant& variant : variants(entry)) {
            const Content& own = content(variant);
            if (is_checked[variant.content] || own.home >= home_first_file) {
                continue;
            }
            is_checked[variant.content] = true;
            progress("checking files", done, contents_.size());
            ++done;
            if (checksum_of(image_.bytes().substr(own.offset, own.length)) != own.checksum) {
                refuse_damaged(shown, own.offset,
                               "the " + std::to_string(own.length) + " bytes of " +
                                   std::string(text(entry.path)) + " are not what was written");
            }
        }
    }
}

std::vector<int> Site::descriptors() const {
    std::vector<int> all;
    if (file_) {
        all.push_back(file_.get());
    }
    for (const base::Fd& file : beside_) {
        all.push_back(file.get());
    }
    return all;
}

}  // namespace cloister::site
