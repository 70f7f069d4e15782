// SPDX-License-Identifier: MIT
// Makes malloc(3) live on two system calls, brk and mmap, for all threads together.
#pragma once

namespace cloister::sandbox {

// Sets mallopt(3): one arena, no chunk of its own mapping. Without that, free(3) in a second arena
// opens /proc/sys/vm/overcommit_memory, and realloc(3) of a mapped chunk calls mremap(2): both
// would kill the process. Called by confine(); a program may call it earlier, so that what it
// allocates before holds too. Throws Refusal.
void settle_heap();

}  // namespace cloister::sandbox
