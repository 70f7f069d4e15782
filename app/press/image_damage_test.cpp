// SPDX-License-Identifier: MIT
// An image that is not what was written is refused, with the place of the damage; whatever its
// bytes are, nothing outside of them is read.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>

#include "base/check.h"
#include "base/test_folder.h"
#include "press/compose.h"
#include "press/conventions.h"
#include "press/reader.h"
#include "press/rules.h"
#include "press/walk.h"
#include "site/hash.h"
#include "site/image_check.h"

namespace cloister::press {
namespace {

void quietly(std::string_view /*doing*/, std::uint64_t /*done*/, std::uint64_t /*all*/) {}

// The bytes of an image with many files.
std::string image_of(int files) {
    const base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("404.html", "lost");
    for (int index = 0; index < files; ++index) {
        folder.write("docs/" + std::to_string(index) + "/index.html", std::to_string(index));
    }
    folder.write("_redirects", "/old /docs/0/\n/news/:id /docs/:id/ 302!\n/* /404.html 404\n");
    Draft draft = walk(folder.path(), quietly);
    read_rules(draft);
    apply_conventions(draft, {});
    Store store;
    const std::span<Draft> drafts(&draft, 1);
    read(drafts, store, {}, quietly);
    (void)compose(drafts, store);
    return std::string(store.region().bytes());
}

site::Header header_of(const std::string& image) {
    site::Header header;
    std::memcpy(&header, image.data(), sizeof header);
    return header;
}

// What is said of an image; empty if it is sound.
std::string complaint(const std::string& image) {
    try {
        site::check_image(image, false, 0, "site.image");
        return "";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_DATAERR);
        return failure.what();
    }
}

// Makes the sums and the header fit what was changed, as damage never does but malice would.
void forge(std::string& image, site::Header header) {
    const std::string_view index = std::string_view(image).substr(header.index, header.index_bytes);
    std::string sums;
    for (std::size_t at = 0; at < index.size(); at += site::image_sum_bytes) {
        const std::uint64_t sum = site::checksum_of(index.substr(at, site::image_sum_bytes));
        sums.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    }
    image.replace(header.index + header.index_bytes, sums.size(), sums);
    header.sums_checksum = site::checksum_of(sums);
    const std::string_view bytes(reinterpret_cast<const char*>(&header), sizeof header);
    header.checksum = site::checksum_of(bytes.substr(0, offsetof(site::Header, checksum)));
    image.replace(0, bytes.size(), bytes);
}

TEST(ImageDamage, IsNotSeenWhereThereIsNone) {
    EXPECT_EQ(complaint(image_of(3)), "");
    EXPECT_EQ(complaint(image_of(0)), "");
}

TEST(ImageDamage, IsNamedWhereAnImageIsCutOff) {
    const std::string image = image_of(3);
    for (const std::size_t length : {sizeof(site::Header), image.size() / 2, image.size() - 1}) {
        EXPECT_EQ(complaint(image.substr(0, length)),
                  "site.image is damaged at byte " + std::to_string(length) +
                      ": it ends there, but should have " + std::to_string(image.size()) +
                      " bytes; make it anew with cloister pack");
    }
    EXPECT_EQ(complaint(image + "more"), "site.image is damaged at byte " +
                                             std::to_string(image.size()) +
                                             ": it should end there; make it anew with cloister "
                                             "pack");
}

TEST(ImageDamage, IsNoImageWithoutItsFirstBytes) {
    const std::string image = image_of(3);
    for (const std::string& other :
         {std::string(), std::string("x"), image.substr(0, sizeof(site::Header) - 1),
          "<html>" + image, std::string(10000, '\0')}) {
        EXPECT_EQ(
            complaint(other),
            "site.image is no image of a site; name a folder, or what cloister pack has made");
    }
}

TEST(ImageDamage, IsNoneIfItIsAnImageOfAnotherVersion) {
    std::string image = image_of(3);
    site::Header header = header_of(image);
    header.version = site::image_version + 1;
    forge(image, header);
    EXPECT_EQ(complaint(image),
              "site.image was made by another version of cloister, or for another kind of "
              "processor; make it anew with cloister pack");
}

TEST(ImageDamage, IsFoundInEveryByteOfHeaderAndIndex) {
    const std::string image = image_of(3);
    const site::Header header = header_of(image);
    for (std::size_t at = 0; at < image.size(); ++at) {
        if (at >= sizeof header && at < header.index) {
            continue;  // Bodies; what cloister check reads.
        }
        std::string damaged = image;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        EXPECT_NE(complaint(damaged), "") << at;
    }
}

TEST(ImageDamage, HasAPlaceInTheIndex) {
    std::string image = image_of(1000);
    const site::Header header = header_of(image);
    const std::uint64_t third = header.index + 2 * site::image_sum_bytes;
    ASSERT_GT(header.index_bytes, 3 * site::image_sum_bytes);
    image[third + 5] = static_cast<char>(image[third + 5] ^ 1);
    EXPECT_EQ(complaint(image), "site.image is damaged at byte " + std::to_string(third) +
                                    ": the 64 KiB from there on are not what was written; make "
                                    "it anew with cloister pack");
}

// A page that must not be touched follows the image, so that reading behind it would be seen.
class Fenced {
  public:
    explicit Fenced(const std::string& image) : size_(image.size()), pages_(pages(image.size())) {
        void* const data =
            ::mmap(nullptr, pages_ + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        base::check(data == MAP_FAILED ? -1 : 0, "map");
        data_ = static_cast<char*>(data);
        base::check(::mprotect(data_, pages_, PROT_READ | PROT_WRITE), "mprotect");
        std::memcpy(data_ + pages_ - size_, image.data(), size_);
    }

    Fenced(const Fenced&) = delete;
    Fenced& operator=(const Fenced&) = delete;

    ~Fenced() { ::munmap(data_, pages_ + 4096); }

    [[nodiscard]] std::string_view bytes() const { return {data_ + pages_ - size_, size_}; }

  private:
    static std::size_t pages(std::size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

    std::size_t size_;
    std::size_t pages_;
    char* data_ = nullptr;
};

// Every word of the index, in turn, becomes a number that points far away, and the sums are made to
// fit: the rows themselves are looked at.
TEST(ImageDamage, IsHarmlessEvenIfItsSumsFit) {
    const std::string image = image_of(2);
    const site::Header header = header_of(image);
    std::size_t refused = 0;
    std::size_t tried = 0;
    for (std::size_t at = header.index; at < header.index + header.index_bytes; at += 4) {
        for (const std::uint32_t value : {0U, 0x7fffffffU, 0xffffffffU}) {
            std::string forged = image;
            std::memcpy(forged.data() + at, &value, sizeof value);
            forge(forged, header);
            const Fenced fenced(forged);
            ++tried;
            try {
                site::check_image(fenced.bytes(), false, 0, "site.image");
            } catch (const base::Failure&) {
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, tried / 4);
}

}  // namespace
}  // namespace cloister::press
