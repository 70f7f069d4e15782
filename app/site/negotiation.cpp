// SPDX-License-Identifier: MIT
#include "site/negotiation.h"

#include <algorithm>
#include <array>
#include <span>

#include "site/accept_encoding.h"

namespace cloister::site {

using http::Known;

const Variant* negotiate(const Site& site, const Entry& entry, const http::Request& request) {
    const std::span<const Variant> variants = site.variants(entry);
    if (!request.has(Known::accept_encoding) && variants.front().coding == Coding::identity) {
        return variants.data();  // What RFC 9110 12.5.3 lets be sent, without more ado.
    }
    std::array<Offer, coding_count> offers;
    const std::size_t count = std::min(variants.size(), offers.size());
    for (std::size_t index = 0; index < count; ++index) {
        offers[index] = {variants[index].coding, site.content(variants[index]).length};
    }
    const auto chosen = AcceptedCodings::of(request).choose(std::span(offers).first(count));
    return chosen ? &variants[*chosen] : nullptr;
}

const Variant* uncoded(const Site& site, const Entry& entry, const http::Request& request) {
    const Variant& first = site.variants(entry).front();
    return first.coding == Coding::identity &&
                   AcceptedCodings::of(request).weight(Coding::identity) != 0
               ? &first
               : nullptr;
}

}  // namespace cloister::site
