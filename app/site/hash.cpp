// SPDX-License-Identifier: MIT
#include "site/hash.h"

#include <array>
#include <bit>
#include <cstring>

namespace cloister::site {

namespace {

// Odd, with its bits well mixed: 2^64 divided by the golden ratio.
constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15U;

std::uint64_t word_at(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// The last one to seven bytes, with zeros behind them.
std::uint64_t rest_at(const char* at, std::size_t length) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, length);
    return word;
}

constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * multiplier;
    return hash ^ (hash >> 32U);
}

}  // namespace

std::uint64_t hash_of(std::string_view path) {
    std::uint64_t hash = path.size();
    std::size_t at = 0;
    for (; at + 8 <= path.size(); at += 8) {
        hash = mixed(hash, word_at(path.data() + at));
    }
    if (at < path.size()) {
        hash = mixed(hash, rest_at(path.data() + at, path.size() - at));
    }
    return hash;
}

// Four lanes, so that a multiplication need not wait for the one before it.
std::uint64_t checksum_of(std::string_view bytes) {
    constexpr std::size_t stride = 32;
    std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
    std::size_t at = 0;
    for (; at + stride <= bytes.size(); at += stride) {
        for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
            lanes[lane] =
                std::rotl((lanes[lane] ^ word_at(bytes.data() + at + lane * 8)) * multiplier, 29);
        }
    }
    std::uint64_t sum = bytes.size();
    for (const std::uint64_t lane : lanes) {
        sum = mixed(sum, lane);
    }
    return mixed(sum, hash_of(bytes.substr(at)));
}

}  // namespace cloister::site
