// SPDX-License-Identifier: MIT
// One owned file descriptor: closed when its owner goes, never copied.
#pragma once

#include <unistd.h>

#include <utility>

namespace cloister::base {

class Fd {
  public:
    Fd() = default;

    // Takes ownership of `number`; -1 owns nothing.
    explicit Fd(int number) : number_(number) {}

    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    // Closes what it held before, at once.
    Fd& operator=(Fd&& other) noexcept {
        Fd taken(std::move(other));
        std::swap(number_, taken.number_);
        return *this;
    }

    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;

    ~Fd() {
        if (number_ >= 0) {
            ::close(number_);  // close(2) frees the number even when it reports an error.
        }
    }

    // The number, still owned here; -1 if there is none.
    [[nodiscard]] int get() const { return number_; }

    // Gives the number away; the caller closes it.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }

    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_ = -1;
};

}  // namespace cloister::base
