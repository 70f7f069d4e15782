// SPDX-License-Identifier: MIT
#include "press/workspace.h"

#include <bit>
#include <cstdlib>

namespace cloister::press {

// Stands before what is taken, and is in a list while nobody has it.
struct alignas(std::max_align_t) Workspace::Block {
    Block* next = nullptr;
    std::size_t size_class = 0;
};

Workspace::~Workspace() {
    for (Block* block : free_) {
        while (block != nullptr) {
            Block* const next = block->next;
            std::free(block);
            block = next;
        }
    }
}

void* Workspace::take(std::size_t bytes) noexcept {
    const std::size_t size = bytes + sizeof(Block);
    const auto size_class = static_cast<std::size_t>(std::bit_width(size - 1));
    if (size < bytes || size_class >= free_.size()) {
        return nullptr;
    }
    Block* block = free_[size_class];
    if (block != nullptr) {
        free_[size_class] = block->next;
    } else {
        void* const memory = std::malloc(std::size_t{1} << size_class);
        if (memory == nullptr) {
            return nullptr;
        }
        block = new (memory) Block{.next = nullptr, .size_class = size_class};
    }
    return block + 1;
}

void Workspace::give_back(void* memory) noexcept {
    if (memory != nullptr) {
        Block* const block = static_cast<Block*>(memory) - 1;
        block->next = free_[block->size_class];
        free_[block->size_class] = block;
    }
}

}  // namespace cloister::press
