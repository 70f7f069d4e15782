// SPDX-License-Identifier: MIT
// Memory that one compressor after the other works in. brotli takes tens of megabytes for each
// file, however small, and gives them back: asking the system for them anew, zeroed page by page,
// takes forty times as long as the compressing (quality 9, a thousand pages of documentation).
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace cloister::press {

// For one thread.
class Workspace {
  public:
    Workspace() = default;
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    // Frees all; nothing may be in use.
    ~Workspace();

    // As malloc(3) and free(3).
    void* take(std::size_t bytes) noexcept;
    void give_back(void* memory) noexcept;

  private:
    struct Block;

    // By the power of two that is their size, so that what one file gave back fits another.
    std::array<Block*, 48> free_{};
};

}  // namespace cloister::press
