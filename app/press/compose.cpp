// SPDX-License-Identifier: MIT
#include "press/compose.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/date.h"
#include "base/limits.h"
#include "http/fields.h"
#include "press/index_writer.h"

namespace cloister::press {

namespace {

// What a 304 repeats of the 200 that it stands for (RFC 9110 15.4.5), beside the validators.
constexpr std::array<std::string_view, 4> not_modified_names = {"cache-control", "content-location",
                                                                "expires", "vary"};

// Adds what the answer depends on to a Vary that there may be.
void vary_by_coding(Fields& fields) {
    constexpr const char* name = "Accept-Encoding";
    for (http::ResponseField& field : fields) {
        if (http::equals_ignoring_case(field.name, "vary")) {
            const std::string known = http::lower_case(field.value);
            if (known != "*" && known.find("accept-encoding") == std::string::npos) {
                field.value += std::string(", ") + name;
            }
            return;
        }
    }
    fields.push_back({"Vary", name});
}

Fields fields_of(const Answer& answer, const Representation& own, std::size_t alternatives) {
    Fields fields = answer.fields;
    if (own.coding != site::Coding::identity) {
        fields.push_back({"Content-Encoding", std::string(site::name_of(own.coding))});
    }
    if (alternatives > 1) {
        vary_by_coding(fields);
    }
    // A part is taken of what a file is, not of a coded form.
    if (answer.status == 200 && own.coding == site::Coding::identity) {
        fields.push_back({"Accept-Ranges", "bytes"});
    }
    return fields;
}

Fields not_modified_fields_of(const Fields& fields) {
    Fields kept;
    std::copy_if(fields.begin(), fields.end(), std::back_inserter(kept),
                 [](const http::ResponseField& field) {
                     return std::any_of(not_modified_names.begin(), not_modified_names.end(),
                                        [&field](std::string_view name) {
                                            return http::equals_ignoring_case(field.name, name);
                                        });
                 });
    return kept;
}

class Composer {
  public:
    explicit Composer(Store& store) : store_(store) {}

    void add(Draft& draft) {
        std::vector<std::uint32_t> first_contents;  // by the number of the asset
        for (Asset& asset : draft.assets) {
            first_contents.push_back(static_cast<std::uint32_t>(index_.contents.size()));
            for (Representation& own : asset.representations) {
                add_content(own);
            }
        }
        shared_.clear();
        const std::size_t first_entry = index_.entries.size();
        site::Host host;
        for (const auto& [path, answer] : draft.paths) {
            add_entry(draft, path, path, answer, first_contents);
        }
        for (const auto& [folder, answer] : draft.fallbacks) {
            add_entry(draft, folder, std::string_view(folder).substr(1), answer, first_contents);
            host.fallback_depth =
                std::max(host.fallback_depth,
                         static_cast<std::uint32_t>(std::count(folder.begin(), folder.end(), '/')));
        }
        host.fields = block(draft, "/", draft.other_fields);
        host.secure_fields = block(draft, "/", draft.other_secure_fields);
        if (!draft.redirects.empty()) {
            host.redirects = index_.text(render(draft.redirects)).offset;
        }
        index_.index_entries(host, index_.entries.size() - first_entry);
        add_host(draft.host, host);
        for (const std::string& alias : draft.aliases) {
            add_host(alias, host);
        }
        asset_count_ += static_cast<std::size_t>(
            std::count_if(draft.assets.begin(), draft.assets.end(),
                          [](const Asset& asset) { return !asset.is_made; }));
    }

    std::vector<base::Fd> finish() && {
        site::Header header;
        header.asset_count = asset_count_;
        header.file_count = beside_.size();
        for (const auto& [name, host] : hosts_) {
            index_.hosts.push_back(host);
        }
        std::move(index_).finish(store_, header);
        return std::move(beside_);
    }

  private:
    site::Block block(const Draft& draft, const std::string& path, const Fields& fields) {
        try {
            return index_.block(fields);
        } catch (const std::invalid_argument& error) {
            throw base::Failure(EX_CONFIG, draft.shown + path + ": " + error.what());
        }
    }

    void add_host(const std::string& name, site::Host host) {
        host.name = index_.text(name);
        hosts_.emplace(name, host);
    }

    void add_content(Representation& own) {
        site::Content row;
        if (const auto* const place = std::get_if<Place>(&own.content)) {
            row.offset = place->offset;
            row.length = place->length;
            row.checksum = place->checksum;
            row.home = place->length > base::limits::memory_file_bytes && store_.is_file()
                           ? site::home_image
                           : site::home_mapped;
        } else {
            auto& open = std::get<OpenFile>(own.content);
            row.length = open.size;
            row.home = static_cast<std::uint32_t>(site::home_first_file + beside_.size());
            beside_.push_back(std::move(open.file));
        }
        row.modified = own.modified.time_since_epoch().count();
        row.entity_tag = index_.text(own.entity_tag);
        row.validators = index_.own_block(
            {{"ETag", own.entity_tag}, {"Last-Modified", base::http_date(own.modified)}});
        index_.contents.push_back(row);
    }

    void add_entry(const Draft& draft, const std::string& path, std::string_view key,
                   const Answer& answer, const std::vector<std::uint32_t>& first_contents) {
        site::Entry entry;
        entry.path = index_.text(key);
        entry.status = static_cast<std::uint16_t>(answer.status);
        entry.flags = answer.keeps_query ? site::entry_keeps_query : 0;
        entry.secure_fields = block(draft, path, answer.secure_fields);
        if (!answer.location.empty()) {
            entry.location = index_.text(answer.location);
        }
        if (answer.asset) {
            const Asset& asset = draft.assets.at(*answer.asset);
            entry.variant = variants_of(draft, path, answer, first_contents.at(*answer.asset));
            entry.variant_count = static_cast<std::uint16_t>(asset.representations.size());
        } else {
            entry.fields = block(draft, path, answer.fields);
        }
        index_.entries.push_back(entry);
    }

    // The first of the variants that `answer` sends; entries that send the same ones share them, as
    // an index.html and its folder do.
    std::uint32_t variants_of(const Draft& draft, const std::string& path, const Answer& answer,
                              std::uint32_t first_content) {
        const Asset& asset = draft.assets.at(*answer.asset);
        std::vector<site::Variant> rows;
        for (const Representation& own : asset.representations) {
            const Fields fields = fields_of(answer, own, asset.representations.size());
            rows.push_back({.content = first_content + static_cast<std::uint32_t>(rows.size()),
                            .fields = block(draft, path, fields),
                            .not_modified = block(draft, path, not_modified_fields_of(fields)),
                            .coding = own.coding});
        }
        const auto [known, is_new] =
            shared_.try_emplace({rows.front().content, rows.front().fields},
                                static_cast<std::uint32_t>(index_.variants.size()));
        if (is_new) {
            index_.variants.insert(index_.variants.end(), rows.begin(), rows.end());
        }
        return known->second;
    }

    Store& store_;
    IndexWriter index_;
    std::vector<base::Fd> beside_;
    std::map<std::string, site::Host> hosts_;  // by name, as the index has them
    std::size_t asset_count_ = 0;
    // By the content and the fields of the first: what else a variant has follows from these.
    std::map<std::pair<std::uint32_t, site::Block>, std::uint32_t> shared_;
};

}  // namespace

std::vector<base::Fd> compose(std::span<Draft> drafts, Store& store) {
    Composer composer(store);
    for (Draft& draft : drafts) {
        composer.add(draft);
    }
    return std::move(composer).finish();
}

}  // namespace cloister::press
