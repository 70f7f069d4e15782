// SPDX-License-Identifier: MIT
// The heap that is reserved, and what limits make of it.
#include "sandbox/heap.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "sandbox/policy.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr std::size_t mib = std::size_t{1} << 20U;

// A process that may have `limit` bytes of address space reserves `wanted`, and says what it got.
Ending fate_reserving(std::size_t wanted, rlim_t limit) {
    return fate_of([&] {
        settle_heap();
        const rlimit least = {limit, limit};
        if (::setrlimit(RLIMIT_AS, &least) != 0) {
            return 1;
        }
        test::say(std::to_string(reserve_heap(wanted) / mib));
        return 0;
    });
}

// The break before and after what malloc(3) hands out.
bool moves_the_break(std::size_t bytes) {
    const void* const before = ::sbrk(0);
    const std::string taken(bytes, 'x');
    return ::sbrk(0) != before;
}

TEST(Heap, HandsOutWhatWasReservedWithoutAskingTheKernel) {
    if (is_sanitizer_build) {
        EXPECT_EQ(reserve_heap(mib), 0U);
        return;
    }
    const Ending ending = fate_of([] {
        settle_heap();
        const bool moved_before = moves_the_break(32 * mib);
        return moved_before && reserve_heap(256 * mib) == 256 * mib && !moves_the_break(200 * mib)
                   ? 0
                   : 1;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Heap, ReservesWhatIsLeftWhereALimitForbidsMore) {
    if (is_sanitizer_build) {
        return;  // AddressSanitizer itself takes terabytes of address space.
    }
    EXPECT_EQ(fate_reserving(1024 * mib, RLIM_INFINITY).said, "1024");
    EXPECT_EQ(fate_reserving(1024 * mib, 400 * mib).said, "256");
    EXPECT_EQ(fate_reserving(4 * mib, RLIM_INFINITY).said, "4");
}

TEST(Heap, RefusesToServeWithNextToNothing) {
    if (is_sanitizer_build) {
        return;
    }
    const Ending ending = fate_reserving(1024 * mib, 12 * mib);
    EXPECT_EQ(ending.code, test::threw) << ending.text();
    EXPECT_NE(ending.said.find("LimitAS="), std::string::npos) << ending.said;
}

}  // namespace
}  // namespace cloister::sandbox
