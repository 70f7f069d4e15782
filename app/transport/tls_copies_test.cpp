// SPDX-License-Identifier: MIT
// What of a key stays in memory besides the key itself: nothing. A child process loads a pair and
// then looks through all it has, by /proc/self/mem (proc(5)). Another one has made the pair, for
// the making does leave copies. A sanitizer keeps what is freed as it was, which makes this
// stricter.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <span>

#include "base/check.h"
#include "base/fd.h"
#include "base/limits.h"
#include "transport/test_certificates.h"
#include "transport/tls_pair.h"
#include "transport/tls_pem.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr int failed = 100;

// What `deed` counts in a child process.
int counted_in_child(const std::function<int()>& deed) {
    const pid_t child = base::check(::fork(), "fork");
    if (child == 0) {
        int count = failed;
        try {
            count = std::min(deed(), failed - 1);
        } catch (const std::exception& error) {
            std::fputs(error.what(), stderr);
        }
        ::_exit(count);
    }
    int status = 0;
    base::check(::waitpid(child, &status, 0), "wait for the child");
    return WIFEXITED(status) ? WEXITSTATUS(status) : failed;
}

constexpr unsigned char mask = 0x55;
constexpr std::size_t needle_bytes = 16;

// Some bytes of the key, masked, so that they are not found for being looked for.
using Needle = std::array<unsigned char, needle_bytes>;

Needle needle_of(std::span<const unsigned char> bytes) {
    Needle needle{};
    std::transform(bytes.begin(), bytes.begin() + needle_bytes, needle.begin(),
                   [](unsigned char byte) { return static_cast<unsigned char>(byte ^ mask); });
    return needle;
}

int count_of(const Needle& needle, std::span<const unsigned char> hay) {
    int count = 0;
    while (const void* const found =
               ::memmem(hay.data(), hay.size(), needle.data(), needle.size())) {
        ++count;
        hay = hay.subspan(
            static_cast<std::size_t>(static_cast<const unsigned char*>(found) - hay.data()) + 1);
    }
    return count;
}

struct Area {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

// What this process can write to, but not the terabytes that a sanitizer keeps its notes in.
std::vector<Area> areas() {
    constexpr std::uint64_t too_large = 1UL << 30;
    std::vector<Area> all;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const std::size_t dash = line.find('-');
        const std::size_t space = line.find(' ');
        const Area area{std::stoull(line.substr(0, dash), nullptr, 16),
                        std::stoull(line.substr(dash + 1, space - dash - 1), nullptr, 16)};
        if (line.substr(space + 1, 2) == "rw" && area.end - area.begin < too_large) {
            all.push_back(area);
        }
    }
    return all;
}

// Most memory has never been touched.
bool is_zero(std::span<const unsigned char> bytes) {
    return bytes.empty() || (bytes.front() == 0 &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// How often the needles lie in this process, all together.
int count_in_memory(const std::vector<Needle>& needles) {
    static std::array<unsigned char, 64 * base::limits::kib> window;
    const base::Fd memory(
        base::check(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC), "open the memory"));
    int count = 0;
    for (const Area& area : areas()) {
        // Windows overlap by one byte less than a needle, so that each is seen once.
        for (std::uint64_t at = area.begin; at + needle_bytes <= area.end;
             at += window.size() - needle_bytes + 1) {
            const std::size_t size = std::min<std::uint64_t>(window.size(), area.end - at);
            const ssize_t got = ::pread(memory.get(), window.data(), size, static_cast<off_t>(at));
            const auto hay =
                std::span(window).first(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
            if (is_zero(hay)) {
                continue;
            }
            for (unsigned char& byte : hay) {
                byte ^= mask;
            }
            for (const Needle& needle : needles) {
                count += count_of(needle, hay);
            }
            ::explicit_bzero(hay.data(), hay.size());
        }
    }
    return count;
}

// The ends of the lines: the beginning of freed memory is overwritten by the allocator.
std::vector<Needle> text_needles(const std::string& path) {
    const Secret text = read_secret(path);
    std::vector<Needle> needles;
    std::size_t begin = 0;
    for (std::size_t end = text.text().find('\n'); end != std::string_view::npos;
         end = text.text().find('\n', begin)) {
        if (text.text()[begin] != '-' && end - begin >= needle_bytes) {
            needles.push_back(needle_of(text.bytes().subspan(end - needle_bytes)));
        }
        begin = end + 1;
    }
    return needles;
}

// Part of the secret number, in both byte orders.
std::vector<Needle> number_needles(const std::string& path, std::size_t offset) {
    std::vector<PemBlock> blocks = pem_blocks(read_secret(path), path);
    const auto part = blocks.at(0).der.bytes().subspan(offset, needle_bytes);
    std::vector<Needle> needles = {needle_of(part)};
    std::reverse(part.begin(), part.end());
    needles.push_back(needle_of(part));
    return needles;
}

struct KindOfKey {
    TestKey kind;
    std::size_t secret_offset;  // bytes into the PKCS #8, where a part of the secret number lies
};

constexpr std::array<KindOfKey, 3> kinds = {{
    {TestKey::p256, 44},
    {TestKey::rsa_2048, 400},
    {TestKey::ed25519, 16},
}};

// Has the pair made where its making leaves no trace here.
PairFiles make_pair_elsewhere(const PairFolder& folder, TestKey kind) {
    EXPECT_EQ(counted_in_child([&] {
                  folder.write_pair("tls", make_leaf(make_root(), {"a.org"}, kind));
                  return 0;
              }),
              0);
    return pairs_in(folder.path()).front();
}

TEST(Copies, OfTheTextAreNotKept) {
    for (const KindOfKey& each : kinds) {
        const PairFolder folder;
        const PairFiles files = make_pair_elsewhere(folder, each.kind);
        EXPECT_EQ(counted_in_child([&] {
                      const TlsPair pair = load_pair(files, today());
                      return count_in_memory(text_needles(files.key));
                  }),
                  0);
    }
}

TEST(Copies, OfTheNumberAreNotKeptBesideTheKey) {
    for (const KindOfKey& each : kinds) {
        const PairFolder folder;
        const PairFiles files = make_pair_elsewhere(folder, each.kind);
        EXPECT_EQ(counted_in_child([&] {
                      const TlsPair pair = load_pair(files, today());
                      return count_in_memory(number_needles(files.key, each.secret_offset));
                  }),
                  1);
    }
}

TEST(Copies, AreFoundIfThereAreAny) {
    for (const KindOfKey& each : kinds) {
        const PairFolder folder;
        const PairFiles files = make_pair_elsewhere(folder, each.kind);
        EXPECT_GE(counted_in_child([&] {
                      const std::string copy(read_secret(files.key).text());
                      return count_in_memory(text_needles(files.key));
                  }),
                  1);
    }
}

}  // namespace
}  // namespace cloister::transport
