// SPDX-License-Identifier: MIT
#include "http/library.h"

#include <nghttp2/nghttp2.h>

namespace cloister::http {

std::string library() {
    return std::string("nghttp2 ") + nghttp2_version(0)->version_str;
}

}  // namespace cloister::http
