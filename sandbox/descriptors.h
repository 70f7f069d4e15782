// SPDX-License-Identifier: MIT
// What the process holds open: the owner of one descriptor, and the end of all that nobody asked
// for.
#pragma once

#include <unistd.h>

#include <utility>
#include <vector>

namespace cloister::sandbox {

// One owned descriptor: closed when its owner goes, never copied.
class Descriptor {
  public:
    Descriptor() = default;

    // Takes ownership of `number`; -1 owns nothing.
    explicit Descriptor(int number) : number_(number) {}

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }

    // The number, still owned here; -1 if there is none.
    [[nodiscard]] int get() const { return number_; }

  private:
    int number_ = -1;
};

// Closes every descriptor but 0, 1, 2 and `keep` (in any order, repeats allowed) with
// close_range(2). Throws Refusal if one of those is not open: its number would go to the next file
// opened, and be mistaken for what was meant.
void close_all_but(std::vector<int> keep);

}  // namespace cloister::sandbox
