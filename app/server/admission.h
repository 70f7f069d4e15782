// SPDX-License-Identifier: MIT
// How many connections each peer holds, over all loops, so that one peer cannot take the places of
// all others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/peer.h"

namespace cloister::server {

// All calls from any thread.
class Admission {
  public:
    // Whose connections are counted together: an IPv4 address, or the /64 of an IPv6 address, which
    // is what one customer gets at least (RFC 6177 2).
    using Network = std::uint64_t;

    // One place of a peer, given back by the destructor. An empty one holds none.
    class Place {
      public:
        Place() = default;

        Place(Admission& owner, Network network) : owner_(&owner), network_(network) {}

        Place(Place&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), network_(other.network_) {}

        Place& operator=(Place&& other) noexcept {
            std::swap(owner_, other.owner_);
            std::swap(network_, other.network_);
            return *this;
        }

        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        ~Place() {
            if (owner_ != nullptr) {
                owner_->leave(network_);
            }
        }

        explicit operator bool() const { return owner_ != nullptr; }

        // Is it counted among those of `peer`?
        [[nodiscard]] bool is_of(const base::Peer& peer) const;

      private:
        Admission* owner_ = nullptr;
        Network network_ = 0;
    };

    // `most`: places of one peer. The admission outlives its places.
    explicit Admission(std::size_t most) : most_(most) {}

    // A place for one more connection of `peer`, or an empty one if it has all that it may have.
    // Peers on unix sockets are one local program that speaks for many, and are not counted.
    [[nodiscard]] Place enter(const base::Peer& peer);

    // Places that `peer` holds.
    [[nodiscard]] std::size_t count(const base::Peer& peer);

  private:
    void leave(Network network);

    std::size_t most_;
    std::mutex mutex_;
    std::unordered_map<Network, std::size_t> places_;
};

}  // namespace cloister::server
