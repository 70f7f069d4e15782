// SPDX-License-Identifier: MIT
// Times as certificates and OCSP responses have them, and days as messages show them.
#pragma once

#include <openssl/asn1.h>

#include <chrono>
#include <optional>
#include <string>

namespace cloister::transport {

// A UTCTime or GeneralizedTime (RFC 5280 4.1.2.5); nothing if it is malformed.
std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME& time);

// "2026-12-03", in UTC.
std::string day_text(std::chrono::sys_seconds time);

}  // namespace cloister::transport
