// SPDX-License-Identifier: MIT
#include "server/admission.h"

namespace cloister::server {

namespace {

// No global address of IPv6 begins with 64 zero bits, so the networks of both families differ.
Admission::Network network_of(const base::Peer& peer) {
    const std::size_t bytes = peer.family == AF_INET ? 4 : 8;
    Admission::Network network = 0;
    for (std::size_t index = 0; index < bytes; ++index) {
        network = network << 8 | peer.address.at(index);
    }
    return network;
}

bool is_counted(const base::Peer& peer) {
    return peer.family == AF_INET || peer.family == AF_INET6;
}

// Of those who are not counted; nobody asks how many there are.
constexpr Admission::Network uncounted = ~Admission::Network{0};

}  // namespace

bool Admission::Place::is_of(const base::Peer& peer) const {
    return owner_ != nullptr && is_counted(peer) && network_ == network_of(peer);
}

Admission::Place Admission::enter(const base::Peer& peer) {
    if (!is_counted(peer)) {
        return {*this, uncounted};
    }
    const std::lock_guard lock(mutex_);
    std::size_t& held = places_[network_of(peer)];
    if (held >= most_) {
        return {};
    }
    ++held;
    return {*this, network_of(peer)};
}

std::size_t Admission::count(const base::Peer& peer) {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(network_of(peer));
    return found == places_.end() ? 0 : found->second;
}

void Admission::leave(Network network) {
    if (network == uncounted) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(network);
    if (--found->second == 0) {
        places_.erase(found);
    }
}

}  // namespace cloister::server
