// SPDX-License-Identifier: MIT
// Fields that do not change between requests, made ready once for each protocol and lent to every
// response: a view of flat bytes, which may lie in a file as well as in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace cloister::http {

// A field of a response. The session refuses to send one that could split a message (CR, LF or NUL
// in it).
struct ResponseField {
    std::string name;
    std::string value;
};

// One field of a block.
struct LentField {
    std::string_view name;
    std::string_view lower_name;  // as HTTP/2 sends it (RFC 9113 8.2.1)
    std::string_view value;
};

// Borrows the bytes, which outlive every response that has it. They have no address in them, so
// they may be anywhere:
//
//     Head                  how many fields, and how long the lines are
//     Lengths per field     of its name and of its value
//     "Name: value\r\n"...  the lines, as HTTP/1.1 sends them
//     "name"...             the names in lower case, without anything between them
class FieldBlock {
  public:
    // No field.
    FieldBlock() = default;

    // `bytes` begin with what render() has made; null is no field.
    explicit FieldBlock(const char* bytes) : bytes_(bytes) {}

    // Throws std::invalid_argument for a field that could split a message, and for one whose name
    // or value is longer than 65,535 bytes.
    static std::string render(std::span<const ResponseField> fields);

    // How many bytes the block at the beginning of `bytes` takes; 0 if there is none, because
    // something of it lies behind their end, contradicts itself or could split a message.
    static std::size_t measure(std::string_view bytes);

    [[nodiscard]] bool empty() const { return bytes_ == nullptr; }

    [[nodiscard]] std::size_t count() const { return empty() ? 0 : head().count; }

    // "Name: value\r\n" for each, as HTTP/1.1 sends them.
    [[nodiscard]] std::string_view lines() const {
        if (empty()) {
            return {};
        }
        const Head all = head();
        return {bytes_ + sizeof(Head) + all.count * sizeof(Lengths), all.line_bytes};
    }

    // Calls `visit` with each LentField, in their order.
    template <class Visit>
    void each(Visit visit) const {
        const std::string_view all = lines();
        const char* line = all.data();
        const char* lower = all.data() + all.size();
        for (std::size_t index = 0; index < count(); ++index) {
            const Lengths row = lengths(index);
            visit(LentField{.name = {line, row.name},
                            .lower_name = {lower, row.name},
                            .value = {line + row.name + 2, row.value}});
            line += row.name + row.value + 4U;
            lower += row.name;
        }
    }

  private:
    struct Head {
        std::uint32_t count = 0;
        std::uint32_t line_bytes = 0;
    };

    struct Lengths {
        std::uint16_t name = 0;   // bytes
        std::uint16_t value = 0;  // bytes
    };

    // A block may begin at any address.
    template <class Record>
    static Record record_at(const char* at) {
        Record record;
        std::memcpy(&record, at, sizeof record);
        return record;
    }

    [[nodiscard]] Head head() const { return record_at<Head>(bytes_); }

    [[nodiscard]] Lengths lengths(std::size_t index) const {
        return record_at<Lengths>(bytes_ + sizeof(Head) + index * sizeof(Lengths));
    }

    const char* bytes_ = nullptr;
};

}  // namespace cloister::http
