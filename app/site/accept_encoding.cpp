// SPDX-License-Identifier: MIT
#include "site/accept_encoding.h"

#include <algorithm>
#include <string_view>

#include "http/fields.h"

namespace cloister::site {

namespace {

using Weight = std::optional<std::uint16_t>;

constexpr std::uint16_t full = 2000;
constexpr std::uint16_t unmentioned_identity = 1;

// qvalue of RFC 9110 12.4.2: "0" or "1" with up to three decimals, those of "1" being zeros.
Weight parse_qvalue(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.')) {
        return std::nullopt;
    }
    unsigned thousandths = text[0] == '1' ? 1000 : 0;
    unsigned place = 100;
    for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        thousandths += place * static_cast<unsigned>(c - '0');
        place /= 10;
    }
    return thousandths <= 1000 ? Weight(static_cast<std::uint16_t>(2 * thousandths)) : std::nullopt;
}

// What follows a coding in its member of the list: nothing, or ";q=" and a weight.
Weight parse_weight(std::string_view rest) {
    if (rest.empty()) {
        return full;
    }
    const std::string_view parameter = http::trim(rest.substr(1));
    return http::equals_ignoring_case(parameter.substr(0, 2), "q=")
               ? parse_qvalue(parameter.substr(2))
               : std::nullopt;
}

// What a client has said, before what it means for the codings that it has not named.
struct Said {
    std::array<Weight, coding_count> named;
    Weight any_other;  // "*"

    // Where the weight of the coding of that name belongs; null for one that nobody has here.
    Weight* place_of(std::string_view name) {
        if (name == "*") {
            return &any_other;
        }
        if (http::equals_ignoring_case(name, "x-gzip")) {  // RFC 9110 8.4.1.3: the same as gzip
            name = name_of(Coding::gzip);
        }
        for (const CodingName& row : coding_names) {
            if (http::equals_ignoring_case(name, row.name)) {
                return &named[static_cast<std::size_t>(row.coding)];
            }
        }
        return nullptr;
    }

    void add(std::string_view member) {
        const std::size_t semicolon = std::min(member.find(';'), member.size());
        Weight* const place = place_of(http::trim(member.substr(0, semicolon)));
        if (place != nullptr && !*place) {
            *place = parse_weight(member.substr(semicolon));
        }
    }

    void add_all(std::string_view list) {
        while (!list.empty()) {
            const std::size_t comma = std::min(list.find(','), list.size());
            add(http::trim(list.substr(0, comma)));
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }
};

}  // namespace

AcceptedCodings AcceptedCodings::of(const http::Request& request) {
    Said said;
    for (const http::Field& field : request.fields) {
        if (field.known == http::Known::accept_encoding) {
            said.add_all(field.value);
        }
    }
    AcceptedCodings accepted;
    for (const CodingName& row : coding_names) {
        const std::uint16_t unsaid = row.coding == Coding::identity ? unmentioned_identity : 0;
        const auto index = static_cast<std::size_t>(row.coding);
        accepted.weights_[index] = said.named[index].value_or(said.any_other.value_or(unsaid));
    }
    return accepted;
}

std::optional<std::size_t> AcceptedCodings::choose(std::span<const Offer> offers) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const unsigned wanted = weight(offers[i].coding);
        if (wanted == 0) {
            continue;
        }
        const unsigned most = best ? weight(offers[*best].coding) : 0;
        if (wanted > most || (wanted == most && offers[i].length < offers[*best].length)) {
            best = i;
        }
    }
    return best;
}

}  // namespace cloister::site
