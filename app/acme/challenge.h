// SPDX-License-Identifier: MIT
// What an ACME authority asks for over http, to see who answers for a host: the http-01 challenge
// of RFC 8555 8.3.
#pragma once

#include <string_view>

namespace cloister::acme {

// Below it lies the answer to each challenge, under the challenge's token.
constexpr std::string_view challenge_folder = "/.well-known/acme-challenge/";

// Whether `text` can be a token: 1 to limits::challenge_token_bytes letters of base64url (RFC 4648
// 5), so that it is neither a path nor hidden.
bool is_token(std::string_view text);

// The token that `text` is the answer to, if it is a key authorization (RFC 8555 8.1): the token, a
// dot, and the SHA-256 thumbprint of the account's key in base64url, which is 43 letters. Empty for
// anything else, also for one that has been written in part. A view of `text`.
std::string_view token_of(std::string_view text);

}  // namespace cloister::acme
