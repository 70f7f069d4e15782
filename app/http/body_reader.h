// SPDX-License-Identifier: MIT
// The body of one HTTP/1.1 request: by length or chunked (RFC 9112 6 and 7.1). Strict: a chunked
// body that could be read in two ways is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/request_head.h"

namespace cloister::http {

class BodyReader {
  public:
    // Reads the body that `framing` announces. More than `limit` bytes are refused with 413; with
    // `keep` false the bytes are dropped as they come.
    BodyReader(const Framing& framing, std::uint64_t limit, bool keep);

    // Takes what belongs to the body from the front of `input`, appends its data to `body`, and
    // returns how many bytes it took. Takes nothing after the end or a refusal.
    std::size_t take(std::string_view input, std::string& body);

    // The body has come whole, trailers included (they are read and dropped).
    [[nodiscard]] bool complete() const { return stage_ == Stage::complete; }

    // A status, if the body cannot be accepted: 400 or 413.
    [[nodiscard]] int refused() const { return refused_; }

  private:
    enum class Stage : std::uint8_t {
        length,
        size_line,
        data,
        data_end,
        trailers,
        complete,
        refused
    };

    std::size_t take_data(std::string_view input, std::string& body);
    std::size_t take_line(std::string_view input);
    void read_size_line();
    void read_trailer_line();
    void refuse(int status);

    Stage stage_;
    bool keep_;
    int refused_ = 0;
    std::uint64_t remaining_ = 0;  // bytes of data left in the body or the chunk
    std::uint64_t total_ = 0;
    std::uint64_t limit_;
    std::size_t trailer_bytes_ = 0;
    std::string line_;  // a size line, a chunk's end or a trailer, as far as it has come
};

}  // namespace cloister::http
