// SPDX-License-Identifier: MIT
// Accept-Encoding comes from the client: whatever it holds, a coding that is sent has been asked
// for by name or by "*", and identity is withheld only from those who refuse it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "site/accept_encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    using namespace cloister;
    using site::Coding;
    constexpr std::array offers = {site::Offer{Coding::identity, 9}, site::Offer{Coding::gzip, 5},
                                   site::Offer{Coding::brotli, 4},
                                   site::Offer{Coding::zstandard, 4}};
    const std::string_view list(reinterpret_cast<const char*>(data), length);
    http::Request request;
    http::append_field("Accept-Encoding", list, request);
    const auto accepted = site::AcceptedCodings::of(request);
    const auto chosen = accepted.choose(offers);
    const std::string lower = http::lower_case(list);
    for (const site::CodingName& row : site::coding_names) {
        const unsigned weight = accepted.weight(row.coding);
        const bool asked =
            list.find('*') != std::string_view::npos || lower.find(row.name) != std::string::npos;
        const bool allowed = row.coding == Coding::identity || asked;
        const bool better = chosen && weight > accepted.weight(offers[*chosen].coding);
        if (weight > 2000 || (weight != 0 && !allowed) || better || (weight != 0 && !chosen)) {
            std::abort();
        }
    }
    const bool refuses = lower.find("q=0") != std::string::npos;
    if (accepted.weight(Coding::identity) == 0 && !refuses) {
        std::abort();
    }
    return 0;
}
