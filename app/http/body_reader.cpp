// SPDX-License-Identifier: MIT
#include "http/body_reader.h"

#include <algorithm>

#include "base/limits.h"
#include "http/fields.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

// 1*HEXDIG [ chunk-ext ]; an extension is a ';' and bytes without meaning to us (RFC 9112 7.1.1).
bool parse_size_line(std::string_view line, std::uint64_t& size) {
    const std::size_t end = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
    if (end == 0 || end > 15 || !is_field_value(line.substr(end)) ||
        (end < line.size() && line[end] != ';')) {
        return false;
    }
    size = 0;
    for (const char c : line.substr(0, end)) {
        const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        size = size * 16 + static_cast<std::uint64_t>(digit);
    }
    return true;
}

}  // namespace

BodyReader::BodyReader(const Framing& framing, std::uint64_t limit, bool keep)
    : stage_(framing.chunked ? Stage::size_line : Stage::length),
      keep_(keep),
      remaining_(framing.content_length),
      limit_(limit) {
    if (!framing.chunked && framing.content_length > limit) {
        refuse(413);
    } else if (!framing.has_body()) {
        stage_ = Stage::complete;
    }
}

std::size_t BodyReader::take(std::string_view input, std::string& body) {
    std::size_t taken = 0;
    while (taken < input.size() && stage_ != Stage::complete && stage_ != Stage::refused) {
        const std::string_view rest = input.substr(taken);
        const bool is_data = stage_ == Stage::length || stage_ == Stage::data;
        taken += is_data ? take_data(rest, body) : take_line(rest);
    }
    return taken;
}

std::size_t BodyReader::take_data(std::string_view input, std::string& body) {
    const std::string_view data =
        input.substr(0, std::min<std::uint64_t>(remaining_, input.size()));
    if (keep_) {
        body += data;
    }
    remaining_ -= data.size();
    if (remaining_ == 0) {
        stage_ = stage_ == Stage::length ? Stage::complete : Stage::data_end;
    }
    return data.size();
}

// A line ends in CRLF; a bare LF is refused, as in the head.
std::size_t BodyReader::take_line(std::string_view input) {
    const std::size_t line_feed = input.find('\n');
    const std::size_t taken = std::min(line_feed, input.size() - 1) + 1;
    const std::size_t limit =
        stage_ == Stage::trailers ? limits::trailer_bytes : limits::chunk_line_bytes;
    if (line_.size() + taken > limit) {
        refuse(400);
        return taken;
    }
    line_ += input.substr(0, taken);
    if (line_feed == std::string_view::npos) {
        return taken;
    }
    if (line_.size() < 2 || line_[line_.size() - 2] != '\r') {
        refuse(400);
        return taken;
    }
    line_.resize(line_.size() - 2);
    if (stage_ == Stage::size_line) {
        read_size_line();
    } else if (stage_ == Stage::trailers) {
        read_trailer_line();
    } else if (line_.empty()) {
        stage_ = Stage::size_line;
    } else {
        refuse(400);  // The chunk was longer than it said.
    }
    line_.clear();
    return taken;
}

void BodyReader::read_size_line() {
    std::uint64_t size = 0;
    if (!parse_size_line(line_, size)) {
        refuse(400);
    } else if (size > limit_ - total_) {
        refuse(413);
    } else {
        total_ += size;
        remaining_ = size;
        stage_ = size == 0 ? Stage::trailers : Stage::data;
    }
}

// Trailers are dropped (RFC 9110 6.5.1 allows it), but what is not a field line is no trailer.
void BodyReader::read_trailer_line() {
    if (line_.empty()) {
        stage_ = Stage::complete;
        return;
    }
    trailer_bytes_ += line_.size();
    const std::size_t colon = std::min(line_.find(':'), line_.size());
    if (trailer_bytes_ > limits::trailer_bytes || colon == line_.size() ||
        !is_token(std::string_view(line_).substr(0, colon)) || !is_field_value(line_)) {
        refuse(400);
    }
}

void BodyReader::refuse(int status) {
    refused_ = status;
    stage_ = Stage::refused;
}

}  // namespace cloister::http
