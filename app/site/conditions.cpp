// SPDX-License-Identifier: MIT
#include "site/conditions.h"

#include <algorithm>

#include "base/date.h"
#include "site/entity_tag.h"

namespace cloister::site {

using http::Known;
using http::Request;

namespace {

bool any_tag(const Request& request, Known known, bool (*names)(std::string_view, std::string_view),
             std::string_view tag) {
    return std::any_of(request.fields.begin(), request.fields.end(), [&](const http::Field& field) {
        return field.known == known && names(field.value, tag);
    });
}

}  // namespace

int evaluate_preconditions(const Request& request, const Validators& own) {
    if (request.field(Known::if_match)) {
        if (!any_tag(request, Known::if_match, names_strongly, own.tag)) {
            return 412;
        }
    } else if (const auto since = request.field(Known::if_unmodified_since)) {
        const auto date = base::parse_http_date(*since);
        if (date && own.modified > *date) {
            return 412;
        }
    }
    if (request.field(Known::if_none_match)) {
        return any_tag(request, Known::if_none_match, names_weakly, own.tag) ? 304 : 0;
    }
    if (const auto since = request.field(Known::if_modified_since)) {
        const auto date = base::parse_http_date(*since);
        return date && own.modified <= *date ? 304 : 0;
    }
    return 0;
}

bool range_still_applies(const Request& request, const Validators& own, bool date_counts) {
    const auto condition = request.field(Known::if_range);
    if (!condition) {
        return true;
    }
    if (condition->starts_with('"') || condition->starts_with("W/")) {
        return *condition == own.tag;
    }
    return date_counts && base::parse_http_date(*condition) == own.modified;
}

}  // namespace cloister::site
