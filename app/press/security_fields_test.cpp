// SPDX-License-Identifier: MIT
#include "press/security_fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace cloister::press {
namespace {

SettledFields settled(const std::string& file) {
    return settle({{"Content-Type", "text/html"}}, parse_headers(file, "_headers"), "/a");
}

// The values, or "none".
std::string value_of(const std::vector<http::ResponseField>& fields, std::string_view name) {
    std::string values;
    for (const http::ResponseField& field : fields) {
        if (field.name == name) {
            values += values.empty() ? field.value : "|" + field.value;
        }
    }
    return values.empty() ? "none" : values;
}

TEST(SecurityFields, AreThereWithoutBeingAskedFor) {
    const auto [fields, secure] = settled("");
    EXPECT_EQ(value_of(fields, "Content-Type"), "text/html");
    EXPECT_EQ(value_of(fields, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(value_of(fields, "Content-Security-Policy"), "frame-ancestors 'self'");
    EXPECT_EQ(value_of(fields, "Referrer-Policy"), "strict-origin-when-cross-origin");
    EXPECT_EQ(value_of(secure, "Strict-Transport-Security"), "max-age=15552000");
    EXPECT_EQ(fields.size(), 4U);
    EXPECT_EQ(secure.size(), 1U);
}

TEST(SecurityFields, CanBeReplaced) {
    const auto [fields, secure] = settled(
        "/*\n  Content-Security-Policy: default-src 'self'\n  Referrer-Policy: no-referrer\n"
        "  strict-transport-security: max-age=63072000; preload\n");
    EXPECT_EQ(value_of(fields, "Content-Security-Policy"), "default-src 'self'");
    EXPECT_EQ(value_of(fields, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(value_of(secure, "strict-transport-security"), "max-age=63072000; preload");
    EXPECT_EQ(secure.size(), 1U);
}

TEST(SecurityFields, CanBeTakenAway) {
    const auto [fields, secure] = settled(
        "/*\n  ! Content-Security-Policy\n  ! Referrer-Policy\n  ! X-Content-Type-Options\n"
        "  ! Strict-Transport-Security\n");
    EXPECT_EQ(fields.size(), 1U);
    EXPECT_TRUE(secure.empty());
}

TEST(SecurityFields, LeaveXFrameOptionsItsSay) {
    const auto denied = settled("/*\n  X-Frame-Options: DENY\n");
    EXPECT_EQ(value_of(denied.fields, "X-Frame-Options"), "DENY");
    EXPECT_EQ(value_of(denied.fields, "Content-Security-Policy"), "none");
    const auto both = settled("/*\n  X-Frame-Options: DENY\n  Content-Security-Policy: sandbox\n");
    EXPECT_EQ(value_of(both.fields, "Content-Security-Policy"), "sandbox");
}

TEST(SecurityFields, TransportSecurityIsNeverSaidInTheClear) {
    const auto [fields, secure] = settled("/*\n  STRICT-TRANSPORT-SECURITY: max-age=0\n");
    EXPECT_EQ(value_of(fields, "STRICT-TRANSPORT-SECURITY"), "none");
    EXPECT_EQ(value_of(fields, "Strict-Transport-Security"), "none");
    EXPECT_EQ(value_of(secure, "STRICT-TRANSPORT-SECURITY"), "max-age=0");
}

}  // namespace
}  // namespace cloister::press
