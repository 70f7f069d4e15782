// SPDX-License-Identifier: MIT
#include "site/hash.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cloister::site {

namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

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

// XXH64: the names and steps are those of its specification.
constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5U;

constexpr std::size_t stripe_bytes = 32;

template <class Word>
std::uint64_t take(std::string_view& rest) {
    Word word = 0;
    std::memcpy(&word, rest.data(), sizeof word);
    rest.remove_prefix(sizeof word);
    return word;
}

constexpr std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) {
    return std::rotl(accumulator + lane * prime2, 31) * prime1;
}

std::uint64_t converged(const std::array<std::uint64_t, 4>& lanes) {
    std::uint64_t hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
                         std::rotl(lanes[3], 18);
    for (const std::uint64_t lane : lanes) {
        hash = (hash ^ round(0, lane)) * prime1 + prime4;
    }
    return hash;
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

// Step 1.
Checksum::Checksum() : lanes_{prime1 + prime2, prime2, 0, 0 - prime1} {}

// Step 2: the whole stripes, four lanes side by side.
void Checksum::add(std::string_view part) {
    size_ += part.size();
    std::array<std::uint64_t, 4> lanes = lanes_;
    while (part.size() >= stripe_bytes) {
        for (std::uint64_t& lane : lanes) {
            lane = round(lane, take<std::uint64_t>(part));
        }
    }
    lanes_ = lanes;
    std::copy(part.begin(), part.end(), rest_.begin());
}

// Steps 3 to 6.
std::uint64_t Checksum::value() const {
    std::uint64_t hash = (size_ < stripe_bytes ? prime5 : converged(lanes_)) + size_;
    std::string_view rest(rest_.data(), size_ % stripe_bytes);
    while (rest.size() >= 8) {
        hash = std::rotl(hash ^ round(0, take<std::uint64_t>(rest)), 27) * prime1 + prime4;
    }
    while (rest.size() >= 4) {
        hash = std::rotl(hash ^ (take<std::uint32_t>(rest) * prime1), 23) * prime2 + prime3;
    }
    while (!rest.empty()) {
        hash = std::rotl(hash ^ (take<std::uint8_t>(rest) * prime5), 11) * prime1;
    }
    hash = (hash ^ (hash >> 33U)) * prime2;
    hash = (hash ^ (hash >> 29U)) * prime3;
    return hash ^ (hash >> 32U);
}

std::uint64_t checksum_of(std::string_view content) {
    Checksum checksum;
    checksum.add(content);
    return checksum.value();
}

}  // namespace cloister::site
