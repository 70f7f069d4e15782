// SPDX-License-Identifier: MIT
#include "press/describe.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "http/fields.h"
#include "press/caching.h"
#include "press/media_types.h"
#include "press/reader.h"

namespace cloister::press {

namespace limits = base::limits;

namespace {

std::string type_of(const Draft& draft, const Asset& asset, Store& store) {
    const std::string_view type = media_type(asset.path.substr(asset.path.rfind('/') + 1));
    if (!type.starts_with("text/")) {
        return std::string(type);
    }
    const Content& content = asset.representations.front().content;
    const std::string text =
        bytes_of(content, store, draft.shown + asset.path, limits::charset_probe_bytes);
    return content_type(type, text, text.size() < limits::charset_probe_bytes);
}

bool has_type(const Answer& answer) {
    return std::any_of(answer.fields.begin(), answer.fields.end(),
                       [](const http::ResponseField& field) {
                           return http::equals_ignoring_case(field.name, "content-type");
                       });
}

void describe_answers(const std::vector<Asset>& assets, const std::vector<std::string>& types,
                      Answers& answers) {
    for (auto& [path, answer] : answers) {
        if (!answer.asset || has_type(answer)) {
            continue;
        }
        const std::string& type = types.at(*answer.asset);
        const std::string_view kept = cache_control(assets.at(*answer.asset).path, type);
        answer.fields.push_back({"Content-Type", type});
        answer.fields.push_back({"Cache-Control", std::string(kept)});
    }
}

}  // namespace

void describe(std::span<Draft> drafts, Store& store) {
    for (Draft& draft : drafts) {
        std::vector<std::string> types;  // by the number of the asset
        for (const Asset& asset : draft.assets) {
            types.push_back(type_of(draft, asset, store));
        }
        describe_answers(draft.assets, types, draft.paths);
        describe_answers(draft.assets, types, draft.fallbacks);
    }
}

}  // namespace cloister::press
