// SPDX-License-Identifier: MIT
// For tests: one HTTP/2 session and a peer that may send it anything, frame by frame.
#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_header_list.h"
#include "http/test_session.h"

namespace cloister::http {

struct Frame {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    std::uint32_t stream = 0;
    std::string payload = {};
};

// Big endian.
inline std::string number(std::uint64_t value, std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t at = bytes; at-- > 0; value >>= 8U) {
        text[at] = static_cast<char>(value & 0xffU);
    }
    return text;
}

inline std::uint32_t number_at(std::string_view text, std::size_t at, std::size_t bytes = 4) {
    std::uint32_t value = 0;
    for (const char byte : text.substr(at, bytes)) {
        value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
}

inline std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                         std::string_view payload = "") {
    return number(payload.size(), 3) + number(type, 1) + number(flags, 1) + number(stream, 4) +
           std::string(payload);
}

// A string of HPACK, not Huffman coded (RFC 7541 5.1 and 5.2).
inline std::string hpack_string(std::string_view text) {
    std::size_t rest = text.size();
    std::string coded(1, static_cast<char>(std::min<std::size_t>(rest, 127)));
    if (rest >= 127) {
        for (rest -= 127; rest >= 128; rest /= 128) {
            coded += static_cast<char>(rest % 128 | 128U);
        }
        coded += static_cast<char>(rest);
    }
    return coded + std::string(text);
}

// Literals without indexing (RFC 7541 6.2.2), which need no state.
inline std::string header_block(const HeaderList& list) {
    std::string block;
    for (const auto& [name, value] : list) {
        block += std::string(1, '\0') + hpack_string(name) + hpack_string(value);
    }
    return block;
}

inline HeaderList get(std::string_view path, const HeaderList& fields = {},
                      std::string_view method = "GET") {
    HeaderList list = {{":method", std::string(method)},
                       {":scheme", "http"},
                       {":authority", "h"},
                       {":path", std::string(path)}};
    list.insert(list.end(), fields.begin(), fields.end());
    return list;
}

// A whole request, or one whose body is still to come.
inline std::string head(std::uint32_t stream, const HeaderList& list, bool ends = true) {
    const int flags =
        NGHTTP2_FLAG_END_HEADERS | (ends ? NGHTTP2_FLAG_END_STREAM : NGHTTP2_FLAG_NONE);
    return frame(NGHTTP2_HEADERS, static_cast<std::uint8_t>(flags), stream, header_block(list));
}

// What every client says first (RFC 9113 3.4).
inline std::string greeting() {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(NGHTTP2_SETTINGS, 0, 0);
}

class TestFrames {
  public:
    explicit TestFrames(Handler handler = echo_handler()) : server(std::move(handler)) {}

    // Gives bytes to the session and takes what it says, as far as the kernel has room.
    void send(std::string_view bytes) {
        server.receive(bytes);
        take();
    }

    // Bytes leave as far as the kernel has room; a part of a file is written as '#'s. Whole frames
    // among them are appended to `frames`.
    std::string take() {
        note();
        std::string text;
        while (!server.output.empty() && room != 0) {
            const base::Output::Front front = server.output.front();
            const auto length = std::min<std::size_t>(front.length, room);
            text +=
                front.data != nullptr ? std::string(front.data, length) : std::string(length, '#');
            file_bytes += front.data == nullptr ? length : 0;
            server.output.consume(length);
            room -= room == unlimited ? 0 : length;
        }
        sent_bytes += text.size();
        unread_ += text;
        cut_frames();
        return text;
    }

    // Takes, and lets the session go on as long as it has something to say.
    std::string take_all() {
        std::string text = take();
        while (server.output.empty() && server.session.has_backlog()) {
            server.resume();
            text += take();
        }
        return text;
    }

    // Workers too.
    void settle() {
        take_all();
        while (!server.deferred.empty()) {
            server.work();
            take_all();
        }
    }

    [[nodiscard]] std::vector<Frame> of_type(std::uint8_t type) const {
        std::vector<Frame> found;
        std::copy_if(frames.begin(), frames.end(), std::back_inserter(found),
                     [type](const Frame& frame) { return frame.type == type; });
        return found;
    }

    // The error code of the last GOAWAY, or `none`.
    [[nodiscard]] std::uint32_t goaway() const {
        const std::vector<Frame> all = of_type(NGHTTP2_GOAWAY);
        return all.empty() ? none : number_at(all.back().payload, 4);
    }

    // The error code with which the session reset a stream, or `none`.
    [[nodiscard]] std::uint32_t reset(std::uint32_t stream) const {
        for (const Frame& frame : of_type(NGHTTP2_RST_STREAM)) {
            if (frame.stream == stream) {
                return number_at(frame.payload, 0);
            }
        }
        return none;
    }

    static constexpr std::uint32_t none = 0xffffffff;
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    Driven<Http2> server;
    std::vector<Frame> frames;
    std::size_t room = unlimited;  // what the kernel takes from now on
    std::size_t sent_bytes = 0;
    std::size_t file_bytes = 0;     // of them
    std::uint64_t most_output = 0;  // bytes that ever waited

    void note() { most_output = std::max(most_output, server.output.size()); }

  private:
    void cut_frames() {
        constexpr std::size_t header = 9;
        while (unread_.size() >= header) {
            const std::size_t length = header + number_at(unread_, 0, 3);
            if (unread_.size() < length) {
                return;
            }
            frames.push_back({.type = static_cast<std::uint8_t>(unread_[3]),
                              .flags = static_cast<std::uint8_t>(unread_[4]),
                              .stream = number_at(unread_, 5),
                              .payload = unread_.substr(header, length - header)});
            unread_.erase(0, length);
        }
    }

    std::string unread_;
};

}  // namespace cloister::http
