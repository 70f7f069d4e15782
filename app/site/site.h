// SPDX-License-Identifier: MIT
// What is served: an image, opened. Every path that will ever be answered is in it before
// confinement. Immutable, so the loops share it without locks, and serving opens nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/progress.h"
#include "http/message.h"
#include "site/image.h"
#include "site/redirects.h"
#include "site/region.h"

namespace cloister::site {

class Site {
  public:
    // No host: it answers for nobody.
    Site() = default;

    // Takes over an image: its bytes; the file that they are mapped from, or none if they are in
    // memory; and the files that stand open beside it. `shown` is for messages. Throws
    // base::Failure as check_image() does.
    Site(Region image, base::Fd file, std::vector<base::Fd> beside, const std::string& shown);

    // Who answers for `authority`, "host" or "host:port" in any case; the host without a name if
    // there is no such one; null if there is no host without a name either.
    [[nodiscard]] const Host* host_of(std::string_view authority) const;

    // What stands at a decoded path; null for nothing. Exact: no case or spelling is guessed.
    [[nodiscard]] const Entry* find(const Host& host, std::string_view path) const;

    // What answers for a path at which nothing stands: the fallback of the deepest folder above it
    // that has one; null if none has.
    [[nodiscard]] const Entry* fallback(const Host& host, std::string_view path) const;

    // What the host's rules say of requests.
    [[nodiscard]] Redirects redirects(const Host& host) const {
        return Redirects(host.redirects == 0 ? nullptr : index_ + host.redirects);
    }

    [[nodiscard]] std::span<const Variant> variants(const Entry& entry) const {
        return variants_.subspan(entry.variant, entry.variant_count);
    }

    [[nodiscard]] const Content& content(const Variant& variant) const {
        return contents_[variant.content];
    }

    // The string, lent.
    [[nodiscard]] std::string_view text(const Text& where) const {
        return {index_ + where.offset, where.length};
    }

    [[nodiscard]] http::FieldBlock fields(Block block) const {
        return http::FieldBlock(block == 0 ? nullptr : index_ + block);
    }

    // `length` bytes from `offset`, which lie within the content: lent.
    [[nodiscard]] http::Body body(const Content& content, std::uint64_t offset,
                                  std::uint64_t length) const;

    [[nodiscard]] http::Body body(const Content& content) const {
        return body(content, 0, content.length);
    }

    [[nodiscard]] std::span<const Host> hosts() const { return hosts_; }

    // Files of the folder that it was made of.
    [[nodiscard]] std::size_t file_count() const { return file_count_; }

    [[nodiscard]] std::uint64_t image_bytes() const { return image_.bytes().size(); }

    // Reads every body that lies in the image and holds it against its checksum. `shown` is for
    // messages. Throws base::Failure (EX_DATAERR) that names the first one that is damaged.
    void check_bodies(const std::string& shown, const base::Progress& progress) const;

    // The descriptors that stay open under confinement.
    [[nodiscard]] std::vector<int> descriptors() const;

  private:
    [[nodiscard]] const Entry* look_up(const Host& host, std::string_view key) const;

    Region image_;
    base::Fd file_;
    std::vector<base::Fd> beside_;
    std::size_t file_count_ = 0;
    const char* index_ = nullptr;  // in the image, as all below
    std::span<const Host> hosts_;
    std::span<const Slot> slots_;
    std::span<const Entry> entries_;
    std::span<const Variant> variants_;
    std::span<const Content> contents_;
};

}  // namespace cloister::site
