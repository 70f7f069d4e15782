// SPDX-License-Identifier: MIT
#include "version.h"

#include <gnu/libc-version.h>

#include "http/library.h"
#include "transport/library.h"

namespace cloister {

std::string version_text() {
    std::string text = "cloister " CLOISTER_VERSION "\nglibc ";
    text.append(gnu_get_libc_version()).append("\n");
    text.append(transport::library()).append("\n");
    text.append(http::library()).append("\n");
    return text;
}

}  // namespace cloister
