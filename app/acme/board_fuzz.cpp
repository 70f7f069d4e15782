// SPDX-License-Identifier: MIT
// Whatever a board holds, a look at it ends, stays inside, and finds nothing but an answer to what
// was asked.
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "acme/board.h"
#include "acme/challenge.h"

// The first line is the token that is asked for; what is behind it is the page in force.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace acme = cloister::acme;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view token = input.substr(0, input.find('\n'));
    const std::string_view slots = input.substr(std::min(token.size() + 1, size));
    void* const place = ::mmap(nullptr, sizeof(acme::BoardMemory), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) {
        std::abort();
    }
    acme::MappedBoard memory(static_cast<acme::BoardMemory*>(place));
    slots.copy(reinterpret_cast<char*>(&memory->pages[0]), sizeof memory->pages[0]);
    const acme::Board board(std::move(memory));
    const auto found = board.find(token);
    if (found && acme::token_of(*found) != token) {
        std::abort();
    }
    return 0;
}
