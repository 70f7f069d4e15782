// SPDX-License-Identifier: MIT
// The answers of an HTTP/2 connection: from a Response to HEADERS and DATA.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "http/fields.h"
#include "http/http2.h"
#include "http/http2_events.h"
#include "http/response_head.h"

namespace cloister::http {

namespace limits = base::limits;

namespace {

// A field section in the form of the library. It copies what is not marked as lasting.
class FieldSection {
  public:
    explicit FieldSection(std::size_t count) { pairs_.reserve(count); }

    void add(std::string_view name, std::string_view value) {
        add(name, value, NGHTTP2_NV_FLAG_NONE);
    }

    // `name` and `value` outlive the answer.
    void lend(std::string_view name, std::string_view value) {
        add(name, value, NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE);
    }

    [[nodiscard]] const std::vector<nghttp2_nv>& pairs() const { return pairs_; }

  private:
    static std::uint8_t* bytes(std::string_view text) {
        // The library never writes to it, though its type does not say so.
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    }

    void add(std::string_view name, std::string_view value, unsigned flags) {
        pairs_.push_back({bytes(name), bytes(value), name.size(), value.size(),
                          static_cast<std::uint8_t>(flags)});
    }

    std::vector<nghttp2_nv> pairs_;
};

std::string_view digits_of(std::uint64_t number, std::array<char, 20>& room) {
    const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
    return {room.data(), static_cast<std::size_t>(end - room.data())};
}

// Smaller parts are copied beside their frame's header, so that the output has fewer pieces.
constexpr std::size_t coalesced_part_bytes = 4 * limits::kib;

// A frame with its header of 9 bytes fills one TLS record, so that neither frame nor record has a
// crumb behind it.
constexpr std::size_t data_frame_bytes = limits::tls_record_bytes - 9;

// Appends `length` bytes of a body from `offset`. What a route has made goes with its stream, so it
// is copied; the site's outlives everything and is lent.
struct AppendPart {
    base::Output& output;
    std::uint64_t offset;
    std::size_t length;

    void operator()(std::monostate) const {}

    void operator()(std::string_view lent) const {
        const std::string_view part = lent.substr(offset, length);
        if (part.size() <= coalesced_part_bytes) {
            output.append(part);
        } else {
            output.lend(part);
        }
    }

    void operator()(const std::string& owned) const {
        output.append(std::string_view(owned).substr(offset, length));
    }

    void operator()(const FileWindow& window) const {
        output.append_file(window.fd, window.offset + offset, length);
    }

    void operator()(const Pieces& pieces) const {
        std::uint64_t before = offset;  // to be left away
        std::size_t rest = length;
        for (const Piece& piece : pieces.all) {
            const std::uint64_t size = size_of(piece);
            if (before < size && rest != 0) {
                const std::size_t taken = std::min<std::uint64_t>(rest, size - before);
                std::visit(AppendPart{output, before, taken}, piece);
                rest -= taken;
            }
            before -= std::min(before, size);
        }
    }
};

}  // namespace

void Http2::respond(Stream& stream, Response response) {
    if (!is_well_formed(response)) {
        response = plain_answer(500);
    }
    std::size_t shared_count = 0;
    for (const FieldBlock& block : response.shared) {
        shared_count += block.count();
    }
    FieldSection section(shared_count + response.fields.size() + 3);
    std::array<char, 20> status{};
    section.add(":status", digits_of(static_cast<std::uint64_t>(response.status), status));
    section.add("date", turn_->date);
    for (const FieldBlock& block : response.shared) {
        block.each([&section](const LentField& field) {
            section.lend(field.lower_name, trim(field.value));
        });
    }
    for (ResponseField& field : response.fields) {
        field.name = lower_case(field.name);
        if (!is_connection_specific(field.name)) {
            section.add(field.name, trim(field.value));
        }
    }
    const std::uint64_t size = size_of(response.body);
    std::array<char, 20> length{};
    if (!is_bodiless(response.status)) {
        section.add("content-length", digits_of(size, length));
    }
    enter(stream, Step::answering);
    stream.request = {};
    stream.body = std::move(response.body);
    const bool has_body = size != 0 && !stream.head_only && !is_bodiless(response.status);
    const nghttp2_data_provider provider = body_provider(&stream);
    nghttp2_submit_response(session_.get(), static_cast<std::int32_t>(stream.id),
                            section.pairs().data(), section.pairs().size(),
                            has_body ? &provider : nullptr);
    if (response.close) {
        end_leaving();
    }
}

// 100 Continue (RFC 9110 10.1.1).
void Http2::invite(const Stream& stream) {
    FieldSection section(1);
    section.lend(":status", "100");
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream.id),
                           nullptr, section.pairs().data(), section.pairs().size(), nullptr);
}

// How much of the body the next DATA frame has, of `most` that it may have.
std::size_t Http2::next_part(const Stream& stream, std::size_t most, bool& is_last) {
    const std::uint64_t rest = size_of(stream.body) - stream.sent;
    is_last = rest <= most;
    return is_last ? rest : std::min(most, data_frame_bytes);
}

void Http2::append_data(Stream& stream, std::string_view frame_header, std::size_t length) {
    turn_->output.append(frame_header);
    std::visit(AppendPart{turn_->output, stream.sent, length}, stream.body);
    stream.sent += length;
    stream.since = turn_->now;
    if (length >= limits::earning_data_bytes) {
        allowance_.earn(limits::data_frame_gain);
    }
}

// RFC 9113 8.1: an answer that did not wait for the whole request tells the client to stop sending.
void Http2::end_answer(std::uint32_t id) {
    allowance_.earn(limits::answer_gain);
    if (nghttp2_session_get_stream_remote_close(session_.get(), static_cast<std::int32_t>(id)) ==
        0) {
        reset(id, NGHTTP2_NO_ERROR);
    }
}

}  // namespace cloister::http
