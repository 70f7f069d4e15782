// SPDX-License-Identifier: MIT
// The strict gate for HTTP/2: collects the decoded header list of one request and makes a Request
// of it, or refuses what RFC 9113 8.1 to 8.5 calls malformed. What passes has one meaning only, the
// same that it would have over HTTP/1.1 (request_head.h). Knows nothing of frames and compression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace cloister::http {

// What the header list says of the rest of the exchange. HTTP/2 itself tells where the body ends.
struct BlockFraming {
    std::optional<std::uint64_t> content_length;  // bytes of body, if announced
    bool expects_continue = false;                // RFC 9110 10.1.1
    bool head_only = false;                       // the method is HEAD: the answer has no body
};

class HeaderBlock {
  public:
    // Takes the next field of the list, in the order sent; copies both views. Each counts with 32
    // bytes more (RFC 9113 6.5.2). Past limits::head_bytes or limits::field_count (pseudo-header
    // fields not counted, all cookies as one) nothing is kept any more, only counted.
    void add(std::string_view name, std::string_view value);

    // More than limits::header_flood_bytes came: the peer wants to exhaust us, not to be answered.
    [[nodiscard]] bool is_flooding() const;

    // Judges the whole list; called once, after the last add(). `secure`: it came over TLS. Fills
    // `request` (cleared; its views point into this block, also after the block has moved) and
    // `framing`. Returns 0, or the status to refuse with: 400, 414, 417, 431 or 501, and then
    // `request` is not to be used.
    int finish(bool secure, Request& request, BlockFraming& framing);

    // Forgets everything but keeps allocations, for the next list of the connection.
    void clear();

  private:
    // A field in bytes_: the value follows the name. No views, because bytes_ grows.
    struct Extent {
        std::size_t begin = 0;
        std::size_t name_length = 0;
        std::size_t value_length = 0;
    };

    [[nodiscard]] bool is_too_large() const;
    [[nodiscard]] std::string_view name_at(const Extent& extent) const;
    [[nodiscard]] std::string_view value_at(const Extent& extent) const;
    int take_fields(std::size_t first, Request& request);
    std::string_view join_crumbs();

    std::vector<char> bytes_;
    std::vector<Extent> extents_;
    std::vector<char> cookie_;  // the crumbs joined, if there are several
    std::size_t counted_bytes_ = 0;
    std::size_t counted_fields_ = 0;
    std::size_t crumb_count_ = 0;  // "cookie" fields
    bool has_long_target_ = false;
};

}  // namespace cloister::http
