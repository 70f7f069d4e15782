// SPDX-License-Identifier: MIT
// Which media type a file has (RFC 9110 8.3).
#pragma once

#include <string>
#include <string_view>

namespace cloister::press {

// "text/html" for "index.html", "application/octet-stream" for an extension that nobody knows. The
// longest extension that is known counts: "a.spdx.json" is more than JSON. ASCII case of it does
// not matter.
std::string_view media_type(std::string_view file_name);

// The value of Content-Type: `media_type`, and for text that is UTF-8 that it is. Other text has
// been written long ago, and says itself what it is, or its reader guesses: a charset here would
// overrule it (WHATWG HTML, "determining the character encoding"). `content` is all there is or, if
// not `whole`, its beginning.
std::string content_type(std::string_view media_type, std::string_view content, bool whole);

}  // namespace cloister::press
