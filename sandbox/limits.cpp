// SPDX-License-Identifier: MIT
#include "sandbox/limits.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "sandbox/check.h"

namespace cloister::sandbox {
namespace {

using Resource = decltype(RLIMIT_CORE);

struct Limit {
    Resource resource;
    const char* name;
};

constexpr auto before_threads = std::to_array<Limit>({
    {RLIMIT_CORE, "setrlimit RLIMIT_CORE"},  // a core file would hold keys and requests
    {RLIMIT_FSIZE,
     "setrlimit RLIMIT_FSIZE"},  // no write(2) makes a file larger, whatever descriptor leaked in
    {RLIMIT_MEMLOCK,
     "setrlimit RLIMIT_MEMLOCK"},  // no mlock(2), no io_uring rings on older kernels
    {RLIMIT_MSGQUEUE, "setrlimit RLIMIT_MSGQUEUE"},  // no POSIX message queue
});

constexpr Limit after_threads = {RLIMIT_NPROC,
                                 "setrlimit RLIMIT_NPROC"};  // no fork(2), no clone(2)

void forbid(const Limit& limit) {
    const rlimit none = {0, 0};
    check(::setrlimit(limit.resource, &none), limit.name);
}

bool standard_error_is_a_file() {
    struct stat status = {};
    return ::fstat(STDERR_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

void lower_limits() {
    for (const Limit& limit : before_threads) {
        if (limit.resource != RLIMIT_FSIZE || !standard_error_is_a_file()) {
            forbid(limit);
        }
    }
}

void forbid_new_processes() {
    forbid(after_threads);
}

}  // namespace cloister::sandbox
