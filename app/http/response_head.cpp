// SPDX-License-Identifier: MIT
#include "http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/fields.h"

namespace cloister::http {

namespace {

void append_number(std::uint64_t number, base::Output& output) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    output.append({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void append_status_line(int status, base::Output& output) {
    if (status == 200) {  // Nearly every answer.
        output.append("HTTP/1.1 200 OK\r\nDate: ");
        return;
    }
    output.append("HTTP/1.1 ");
    append_number(static_cast<std::uint64_t>(status), output);
    output.append(" ");
    output.append(reason_phrase(status));
    output.append("\r\nDate: ");
}

// The last lines of a head, put together before they are appended: that is done for every answer,
// and each append costs more than the few bytes here.
class LastLines {
  public:
    void add(std::string_view text) {
        used_ = static_cast<std::size_t>(std::copy(text.begin(), text.end(), room_.data() + used_) -
                                         room_.data());
    }

    void add(std::uint64_t number) {
        used_ = static_cast<std::size_t>(
            std::to_chars(room_.data() + used_, room_.data() + room_.size(), number).ptr -
            room_.data());
    }

    [[nodiscard]] std::string_view text() const { return {room_.data(), used_}; }

  private:
    // "Content-Length: " and 20 digits, "Connection: keep-alive", and three ends of lines.
    std::array<char, 64> room_;
    std::size_t used_ = 0;
};

// The session writes these itself; a second one would give the message two ends.
bool is_framing_field(std::string_view name) {
    return equals_ignoring_case(name, "content-length") ||
           equals_ignoring_case(name, "connection") ||
           equals_ignoring_case(name, "transfer-encoding");
}

}  // namespace

bool is_well_formed(const Response& response) {
    return response.status >= 200 && response.status <= 599 &&
           std::all_of(response.fields.begin(), response.fields.end(),
                       [](const ResponseField& field) {
                           return is_token(field.name) && is_field_value(field.value) &&
                                  !is_framing_field(field.name);
                       });
}

bool is_bodiless(int status) {
    return status == 204 || status == 304;
}

void append_response_head(const Response& response, std::string_view date, Persistence persistence,
                          base::Output& output) {
    append_status_line(response.status, output);
    output.append(date);
    output.append("\r\n");
    for (const FieldBlock& block : response.shared) {
        if (!block.empty()) {
            output.append(block.lines());
        }
    }
    for (const ResponseField& field : response.fields) {
        output.append(field.name);
        output.append(": ");
        output.append(field.value);
        output.append("\r\n");
    }
    LastLines last;
    if (!is_bodiless(response.status)) {
        last.add("Content-Length: ");
        last.add(size_of(response.body));
        last.add("\r\n");
    }
    if (persistence.close) {
        last.add("Connection: close\r\n");
    } else if (persistence.http_1_0) {
        last.add("Connection: keep-alive\r\n");
    }
    last.add("\r\n");
    output.append(last.text());
}

}  // namespace cloister::http
