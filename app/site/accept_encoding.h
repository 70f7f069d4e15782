// SPDX-License-Identifier: MIT
// Which codings a client takes, and which of those that there are is sent (RFC 9110 12.5.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "http/message.h"
#include "site/coding.h"

namespace cloister::site {

// A representation that could be sent.
struct Offer {
    Coding coding = Coding::identity;
    std::uint64_t length = 0;  // bytes
};

class AcceptedCodings {
  public:
    // What all Accept-Encoding fields of `request` say. Without one, and with an empty one, a
    // client is sent what it understands for certain: identity. A member of the list that is
    // malformed is as if it were not there; of two for one coding the first counts.
    static AcceptedCodings of(const http::Request& request);

    // How much `coding` is wanted, 0 for one that must not be sent: twice the thousandths of its
    // weight, so that there is room for 1, identity that nobody has mentioned.
    [[nodiscard]] unsigned weight(Coding coding) const {
        return weights_[static_cast<std::size_t>(coding)];
    }

    // The position of the most wanted offer, among equals of the shortest, then of the first;
    // nothing if the client takes none of them.
    [[nodiscard]] std::optional<std::size_t> choose(std::span<const Offer> offers) const;

  private:
    std::array<std::uint16_t, coding_count> weights_{};
};

}  // namespace cloister::site
