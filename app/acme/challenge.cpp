// SPDX-License-Identifier: MIT
#include "acme/challenge.h"

#include <algorithm>

#include "base/limits.h"

namespace cloister::acme {

namespace {

// 32 bytes in base64url without padding.
constexpr std::size_t thumbprint_bytes = 43;

// By hand, because isalnum(3) asks the locale.
bool is_base64url(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
               (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    });
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= base::limits::challenge_token_bytes &&
           is_base64url(text);
}

std::string_view token_of(std::string_view text) {
    const std::string_view token = text.substr(0, text.find('.'));
    if (!is_token(token) || text.size() != token.size() + 1 + thumbprint_bytes ||
        !is_base64url(text.substr(token.size() + 1))) {
        return {};
    }
    return token;
}

}  // namespace cloister::acme
