// SPDX-License-Identifier: MIT
// One file of the site, opened before confinement, with everything about its answers rendered once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "http/message.h"

namespace cloister::site {

class Asset {
  public:
    // Takes over `file`, a regular file open for reading. Up to `memory_bytes` it is read and
    // closed, above it stays open. `path` is for messages, `name` decides the media type. Throws
    // std::system_error naming `path`.
    Asset(base::Fd file, const std::string& path, std::string_view name,
          std::uint64_t memory_bytes);

    // The whole file, or `length` bytes from `offset`, lent.
    [[nodiscard]] http::Body body() const { return body(0, size_); }

    [[nodiscard]] http::Body body(std::uint64_t offset, std::uint64_t length) const;

    [[nodiscard]] std::uint64_t size() const { return size_; }

    [[nodiscard]] const std::string& entity_tag() const { return entity_tag_; }

    [[nodiscard]] std::chrono::sys_seconds modified() const { return modified_; }

    // The descriptor of a large file, -1 for one in memory.
    [[nodiscard]] int descriptor() const { return file_.get(); }

    // Content-Type, ETag, Last-Modified, Accept-Ranges: for 200 and 206.
    [[nodiscard]] const http::FieldBlock& fields() const { return fields_; }

    // ETag and Last-Modified: for 304 (RFC 9110 15.4.5).
    [[nodiscard]] const http::FieldBlock& validators() const { return validators_; }

  private:
    base::Fd file_;
    std::string content_;
    std::uint64_t size_ = 0;
    std::chrono::sys_seconds modified_;
    std::string entity_tag_;
    http::FieldBlock fields_{{}};
    http::FieldBlock validators_{{}};
};

}  // namespace cloister::site
