// SPDX-License-Identifier: MIT
#include "http/field_block.h"

#include <limits>
#include <stdexcept>

#include "http/fields.h"

namespace cloister::http {

namespace {

constexpr std::size_t length_max = std::numeric_limits<std::uint16_t>::max();

template <class Record>
void append_record(const Record& record, std::string& text) {
    text.append(reinterpret_cast<const char*>(&record), sizeof record);
}

}  // namespace

std::string FieldBlock::render(std::span<const ResponseField> fields) {
    std::string lengths;
    std::string lines;
    std::string lower;
    for (const ResponseField& field : fields) {
        if (!is_token(field.name) || !is_field_value(field.value) ||
            field.name.size() > length_max || field.value.size() > length_max) {
            throw std::invalid_argument("no answer can have the field '" + field.name + "'");
        }
        append_record(Lengths{.name = static_cast<std::uint16_t>(field.name.size()),
                              .value = static_cast<std::uint16_t>(field.value.size())},
                      lengths);
        lines += field.name + ": " + field.value + "\r\n";
        lower += lower_case(field.name);
    }
    std::string bytes;
    append_record(Head{.count = static_cast<std::uint32_t>(fields.size()),
                       .line_bytes = static_cast<std::uint32_t>(lines.size())},
                  bytes);
    return bytes + lengths + lines + lower;
}

std::size_t FieldBlock::measure(std::string_view bytes) {
    if (bytes.size() < sizeof(Head)) {
        return 0;
    }
    const Head head = record_at<Head>(bytes.data());
    const std::size_t begin = sizeof(Head) + std::size_t{head.count} * sizeof(Lengths);
    const std::size_t end = begin + head.line_bytes;
    if (end > bytes.size()) {
        return 0;
    }
    std::size_t line = begin;
    std::size_t lower = end;
    for (std::size_t index = 0; index < head.count; ++index) {
        const auto row = record_at<Lengths>(bytes.data() + sizeof(Head) + index * sizeof(Lengths));
        const std::size_t next = line + row.name + row.value + 4U;
        if (next > end || lower + row.name > bytes.size()) {
            return 0;
        }
        const std::string_view name = bytes.substr(line, row.name);
        if (!is_token(name) || bytes.substr(line + row.name, 2) != ": " ||
            !is_field_value(bytes.substr(line + row.name + 2, row.value)) ||
            bytes.substr(next - 2, 2) != "\r\n" ||
            bytes.substr(lower, row.name) != lower_case(name)) {
            return 0;
        }
        line = next;
        lower += row.name;
    }
    return line == end ? lower : 0;
}

}  // namespace cloister::http
