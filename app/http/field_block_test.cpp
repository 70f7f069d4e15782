// SPDX-License-Identifier: MIT
#include "http/field_block.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace cloister::http {
namespace {

std::string rendered(const std::vector<ResponseField>& fields) {
    return FieldBlock::render(fields);
}

std::vector<std::string> lowered(const FieldBlock& block) {
    std::vector<std::string> all;
    block.each([&all](const LentField& field) {
        all.push_back(std::string(field.lower_name) + "=" + std::string(field.value));
    });
    return all;
}

TEST(FieldBlock, RendersItsLines) {
    const std::string bytes = rendered({{"A", "b"}, {"C", ""}});
    const FieldBlock block(bytes.data());
    EXPECT_EQ(block.lines(), "A: b\r\nC: \r\n");
    EXPECT_EQ(block.count(), 2U);
    EXPECT_FALSE(block.empty());
}

TEST(FieldBlock, LowersItsNames) {
    const std::string bytes = rendered({{"X-Frame-Options", "DENY"}, {"b", ""}});
    EXPECT_EQ(lowered(FieldBlock(bytes.data())),
              (std::vector<std::string>{"x-frame-options=DENY", "b="}));
}

TEST(FieldBlock, KeepsItsNamesAsTheyWere) {
    const std::string bytes = rendered({{"ETag", "\"x\""}});
    FieldBlock(bytes.data()).each([](const LentField& field) { EXPECT_EQ(field.name, "ETag"); });
}

TEST(FieldBlock, MayHaveNoField) {
    const std::string bytes = rendered({});
    for (const FieldBlock& block : {FieldBlock(), FieldBlock(bytes.data())}) {
        EXPECT_EQ(block.lines(), "");
        EXPECT_EQ(block.count(), 0U);
        EXPECT_TRUE(lowered(block).empty());
    }
    EXPECT_TRUE(FieldBlock().empty());
}

TEST(FieldBlock, MayBeginAtAnyAddress) {
    const std::string bytes = rendered({{"A", "b"}, {"C", "d"}});
    for (std::size_t shift = 0; shift < 8; ++shift) {
        const std::string moved = std::string(shift, '#') + bytes;
        EXPECT_EQ(lowered(FieldBlock(moved.data() + shift)),
                  (std::vector<std::string>{"a=b", "c=d"}));
    }
}

TEST(FieldBlock, HasNoFieldThatCouldSplitAMessage) {
    for (const ResponseField& field :
         {ResponseField{"A", "b\r\nC: d"}, ResponseField{"A", "b\nc"}, ResponseField{"A b", "c"},
          ResponseField{"", "c"}, ResponseField{"A:", "c"},
          ResponseField{"A", std::string(1, '\0')}, ResponseField{"A", std::string(65536, 'x')},
          ResponseField{std::string(65536, 'x'), ""}}) {
        EXPECT_THROW(rendered({field}), std::invalid_argument) << field.name.substr(0, 10);
    }
}

TEST(FieldBlock, TakesValuesUpToTheirLimit) {
    const std::string bytes = rendered({{"A", std::string(65535, 'x')}, {"B", "c"}});
    EXPECT_EQ(FieldBlock::measure(bytes), bytes.size());
    EXPECT_EQ(lowered(FieldBlock(bytes.data())).back(), "b=c");
}

TEST(FieldBlock, IsMeasuredWhateverComesBehindIt) {
    const std::string bytes = rendered({{"A", "b"}, {"Cc", "d"}});
    EXPECT_EQ(FieldBlock::measure(bytes), bytes.size());
    EXPECT_EQ(FieldBlock::measure(bytes + "more"), bytes.size());
}

TEST(FieldBlock, IsNoneIfItIsCutOff) {
    const std::string bytes = rendered({{"A", "b"}, {"Cc", "d"}});
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_EQ(FieldBlock::measure(std::string(bytes, 0, length)), 0U) << length;
    }
}

// Everything but the letters of a value says something that the rest would contradict.
TEST(FieldBlock, IsNoneIfAnyByteButAValueIsDamaged) {
    const std::string bytes = rendered({{"A", "b"}, {"Cc", "d"}});
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
        EXPECT_TRUE(FieldBlock::measure(damaged) == 0 || bytes[at] == 'b' || bytes[at] == 'd')
            << at;
        damaged[at] = '\n';
        EXPECT_TRUE(FieldBlock::measure(damaged) == 0 || bytes[at] == '\n') << at;
    }
}

}  // namespace
}  // namespace cloister::http
