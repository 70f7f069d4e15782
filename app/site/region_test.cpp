// SPDX-License-Identifier: MIT
#include "site/region.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/fd.h"

namespace cloister::site {
namespace {

TEST(Region, GrowsWithoutMovingWhatItHas) {
    Region region = Region::reserve(std::size_t{1} << 30U);
    region.grow(10);
    std::memcpy(region.writable(), "0123456789", 10);
    const char* const before = region.writable();
    region.grow(std::size_t{1} << 20U);
    EXPECT_EQ(region.writable(), before);
    EXPECT_EQ(region.bytes().substr(0, 10), "0123456789");
    EXPECT_EQ(region.bytes().size(), std::size_t{1} << 20U);
}

TEST(Region, GrowsNoFurtherThanItsAddressSpace) {
    Region region = Region::reserve(4096);
    region.grow(4096);
    EXPECT_THROW(region.grow(4097), std::system_error);
}

TEST(Region, TakesLessAddressSpaceWhereThereIsNotSoMuch) {
    Region region = Region::reserve(std::size_t{1} << 60U);
    region.grow(1);
    EXPECT_EQ(region.bytes().size(), 1U);
}

TEST(Region, CannotBeWrittenOnceItIsSealed) {
    Region region = Region::reserve(65536);
    region.grow(65536);
    std::memcpy(region.writable(), "abc", 3);
    region.seal(3);
    EXPECT_EQ(region.bytes(), "abc");
    EXPECT_DEATH(*region.writable() = 'x', "");
}

TEST(Region, MayBeSealedWithNothingInIt) {
    Region region = Region::reserve(65536);
    region.seal(0);
    EXPECT_EQ(region.bytes(), "");
}

TEST(Region, KeepsItsPlaceWhenItIsMoved) {
    Region region = Region::reserve(4096);
    region.grow(3);
    std::memcpy(region.writable(), "abc", 3);
    const char* const before = region.writable();
    Region moved;
    moved = std::move(region);
    EXPECT_EQ(moved.writable(), before);
    EXPECT_EQ(moved.bytes(), "abc");
}

TEST(Region, MapsAFileWhichMayBeClosedThen) {
    std::string path = "/tmp/cloister-test-XXXXXX";
    Region region;
    {
        const base::Fd file(::mkstemp(path.data()));
        ::unlink(path.c_str());
        ASSERT_EQ(::write(file.get(), "content", 7), 7);
        region = Region::map(file.get(), 7, path);
    }
    EXPECT_EQ(region.bytes(), "content");
}

TEST(Region, NamesWhatCannotBeMapped) {
    const base::Fd file(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    try {
        Region::map(file.get(), 7, "the root");
        FAIL() << "mapped a folder";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("the root"), std::string::npos);
    }
}

}  // namespace
}  // namespace cloister::site
