// SPDX-License-Identifier: MIT
// Landlock: the kernel denies the calling thread every access that its ABI can name, and grants
// none (landlock(7)). What is open stays usable. It binds one thread, so each thread calls it on
// itself.
#pragma once

#include <cstdint>
#include <optional>

#include "sandbox/descriptors.h"

namespace cloister::sandbox {

// The three masks of struct landlock_ruleset_attr.
struct LandlockRights {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scopes = 0;

    bool operator==(const LandlockRights&) const = default;
};

// All rights that Landlock of version `abi` or an older one can deny.
LandlockRights landlock_rights(int abi);

class Landlock {
  public:
    // Makes the ruleset. Nothing if the kernel has no Landlock, or a container hides it; errno says
    // why. Throws std::system_error for any other failure.
    static std::optional<Landlock> make();

    // As above, for a kernel that claims `abi`: steps down to the first that it really accepts,
    // because vendors' kernels report versions of which they lack a part.
    static Landlock make_for(int abi);

    // The ABI whose rights are denied.
    [[nodiscard]] int abi() const { return abi_; }

    // Denies them all to the calling thread, for good. It must have no_new_privs. Throws
    // std::system_error.
    void restrict_calling_thread() const;

  private:
    Landlock(int abi, Descriptor ruleset) : abi_(abi), ruleset_(std::move(ruleset)) {}

    int abi_;
    Descriptor ruleset_;
};

}  // namespace cloister::sandbox
