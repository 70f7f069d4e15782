// SPDX-License-Identifier: MIT
// What every answer tells browsers for the good of the site's visitors, unless its _headers say
// otherwise.
#pragma once

#include <vector>

#include "http/message.h"
#include "press/headers_file.h"

namespace cloister::press {

// The fields of one answer, in two parts.
struct SettledFields {
    std::vector<http::ResponseField> fields;
    std::vector<http::ResponseField> secure_fields;  // only over TLS (RFC 6797 7.2)
};

// What the answer for the decoded path is sent with: `own` (the type, the caching), the security
// fields that are not among them, and then what the rules say of both.
SettledFields settle(std::vector<http::ResponseField> own, const std::vector<HeaderRule>& rules,
                     std::string_view path);

}  // namespace cloister::press
