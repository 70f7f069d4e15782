// SPDX-License-Identifier: MIT
#include "server/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/check.h"

namespace cloister::server {

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    base::check(::getrlimit(RLIMIT_NOFILE, &limit), "read the limit of open descriptors");
    limit.rlim_cur = limit.rlim_max;
    base::check(::setrlimit(RLIMIT_NOFILE, &limit), "raise the limit of open descriptors");
    return std::min<std::size_t>(limit.rlim_cur, 1'000'000);
}

}  // namespace cloister::server
