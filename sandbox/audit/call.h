// SPDX-License-Identifier: MIT
// How deeds call the kernel: by number, because the C library is no part of the wall.
#pragma once

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <type_traits>

namespace cloister::sandbox::audit {

// As syscall(2) takes it from its register: of a narrower integer in an argument list without
// types, the upper half is whatever was there before.
template <class Argument>
auto widened(Argument argument) {
    if constexpr (std::is_integral_v<Argument>) {
        return static_cast<long>(argument);
    } else {
        return argument;
    }
}

// syscall(2).
template <class... Arguments>
long call(long number, Arguments... arguments) {
    return ::syscall(number, widened(arguments)...);
}

// The address that a call has returned.
inline char* place_of(long address) {
    return std::bit_cast<char*>(address);
}

// For a deed whose call claims success: 0 if its effect is there too, or else -1 and ENODATA.
inline long happened(bool effect) {
    if (!effect) {
        errno = ENODATA;
    }
    return effect ? 0 : -1;
}

// What an entry into the kernel by hand has returned, as syscall(2) would.
inline long result_of(long raw) {
    constexpr long last_error = -4095;
    if (raw < 0 && raw >= last_error) {
        errno = static_cast<int>(-raw);
        return -1;
    }
    return raw;
}

}  // namespace cloister::sandbox::audit
