// SPDX-License-Identifier: MIT
// For tests: what a start that cannot go on says.
#pragma once

#include <unistd.h>

#include <functional>
#include <string>

#include "base/check.h"

namespace cloister::transport::test {

struct Complaint {
    int exit_status = 0;  // of sysexits(3); 0 if there was none
    std::string text;

    [[nodiscard]] bool has(const std::string& words) const {
        return text.find(words) != std::string::npos;
    }
};

inline Complaint complaint_of(const std::function<void()>& deed) {
    try {
        deed();
    } catch (const base::Failure& failure) {
        return {failure.exit_status(), failure.what()};
    }
    return {};
}

// Root reads everything, so while one of these lives, root is nobody.
class AsNobody {
  public:
    AsNobody() {
        if (was_root_) {
            base::check(::seteuid(nobody), "become nobody");
        }
    }

    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

    ~AsNobody() {
        // A test that stayed nobody would make all others fail, which is loud enough.
        [[maybe_unused]] const int result = was_root_ ? ::seteuid(0) : 0;
    }

  private:
    static constexpr uid_t nobody = 65534;

    bool was_root_ = ::geteuid() == 0;
};

}  // namespace cloister::transport::test
