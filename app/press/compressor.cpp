// SPDX-License-Identifier: MIT
#include "press/compressor.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "press/brotli.h"
#include "press/gzip.h"

namespace cloister::press {

namespace {

void do_one(Work& work, Strength strength, Workspace& workspace) {
    if (work.content.size() <= coding_field_bytes) {
        return;
    }
    const std::size_t most = work.content.size() - coding_field_bytes;
    work.coded = work.coding == site::Coding::brotli
                     ? compress_brotli(work.content, strength.brotli, most, workspace)
                     : compress_gzip(work.content, strength.gzip, most);
}

// Takes the next of `order` until there is none.
void do_some(const std::vector<Work*>& order, std::atomic<std::size_t>& next, Strength strength) {
    Workspace workspace;
    for (std::size_t i = next++; i < order.size(); i = next++) {
        do_one(*order[i], strength, workspace);
    }
}

}  // namespace

void compress(std::span<Work> works, Strength strength) {
    std::vector<Work*> order;
    order.reserve(works.size());
    for (Work& work : works) {
        order.push_back(&work);
    }
    // The longest first, so that no thread begins one when the others have nothing left to do.
    std::stable_sort(order.begin(), order.end(), [](const Work* left, const Work* right) {
        return left->content.size() > right->content.size();
    });
    const std::size_t thread_count =
        std::min({base::limits::compressor_count, order.size(),
                  std::max<std::size_t>(std::thread::hardware_concurrency(), 1)});
    std::atomic<std::size_t> next = 0;
    std::vector<std::future<void>>
        others;  // Each waits for its thread, and passes on what it threw.
    for (std::size_t i = 1; i < thread_count; ++i) {
        others.push_back(
            std::async(std::launch::async, do_some, std::cref(order), std::ref(next), strength));
    }
    do_some(order, next, strength);
    for (std::future<void>& other : others) {
        other.get();
    }
}

}  // namespace cloister::press
