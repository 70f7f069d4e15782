// SPDX-License-Identifier: MIT
#include "press/security_fields.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "http/fields.h"

namespace cloister::press {

namespace {

struct Row {
    std::string_view name;
    std::string_view value;
    std::string_view yields_to;  // a field of the rules that says the same; lower case
};

constexpr std::array defaults = {
    // A text file that looks like a page or a script is not taken for one.
    Row{"X-Content-Type-Options", "nosniff", ""},
    // No other site shows this one in a frame to steal clicks. It would overrule X-Frame-Options
    // (CSP 3, 6.4.2), so whoever says that is left alone.
    Row{"Content-Security-Policy", "frame-ancestors 'self'", "x-frame-options"},
    // Other sites learn which host a visitor came from, not which page; without TLS, nothing.
    // Browsers do so since 2020, the older ones if told.
    Row{"Referrer-Policy", "strict-origin-when-cross-origin", ""},
    // Who has been here over TLS comes back over TLS, whatever the link or the network says. Half a
    // year: longer than between two visits, and no site is bound for ever. Subdomains are not
    // spoken for: they may be others' (RFC 6797 6.1.2).
    Row{"Strict-Transport-Security", "max-age=15552000", ""},
};

constexpr std::string_view secure_only = "strict-transport-security";

bool has(const std::vector<http::ResponseField>& fields, std::string_view lower_name) {
    return std::any_of(fields.begin(), fields.end(), [&](const http::ResponseField& field) {
        return http::equals_ignoring_case(field.name, lower_name);
    });
}

}  // namespace

SettledFields settle(std::vector<http::ResponseField> own, const std::vector<HeaderRule>& rules,
                     std::string_view path) {
    SettledFields settled{std::move(own), {}};
    std::vector<http::ResponseField>& fields = settled.fields;
    for (const Row& row : defaults) {
        if (!has(fields, http::lower_case(row.name))) {
            fields.push_back({std::string(row.name), std::string(row.value)});
        }
    }
    apply(rules, path, fields);
    for (const Row& row : defaults) {
        if (!row.yields_to.empty() && has(fields, row.yields_to)) {
            std::erase_if(fields, [&](const http::ResponseField& field) {
                return field.name == row.name && field.value == row.value;
            });
        }
    }
    const auto secure =
        std::stable_partition(fields.begin(), fields.end(), [](const http::ResponseField& field) {
            return !http::equals_ignoring_case(field.name, secure_only);
        });
    settled.secure_fields.assign(std::make_move_iterator(secure),
                                 std::make_move_iterator(fields.end()));
    fields.erase(secure, fields.end());
    return settled;
}

}  // namespace cloister::press
