// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "sandbox/audit/attempt.h"

namespace cloister::sandbox::audit {
namespace {

constexpr auto all_themes = std::to_array<Theme>({
    {1, "Execute a program"},
    {2, "Execute a program that lies in no file system"},
    {3, "Start a process or a thread"},
    {4, "Enter new namespaces, to be root there"},
    {5, "Read files and folders"},
    {6, "Create files"},
    {7, "Write to its own memory by way of /proc"},
    {8, "Leave a folder by links and dots"},
    {9, "Learn what exists"},
    {10, "Speak TCP"},
    {11, "Make other sockets"},
    {12, "Send to others from a socket it holds"},
    {13, "Pass descriptors between processes"},
    {14, "Look into other processes"},
    {15, "Signal and hinder other processes"},
    {16, "Turn data into code"},
    {17, "Let io_uring make the calls"},
    {18, "Reach rarely used parts of the kernel"},
    {19, "Enter the kernel by the door for 32-bit programs"},
    {20, "Use call numbers that a careless filter reads differently"},
    {21, "Rearrange the file system"},
    {22, "Gain privilege, or take restrictions back"},
    {23, "Lay a permissive filter over the lock"},
    {24, "Abuse the sockets and files it holds"},
    {25, "Act on a thread that was there before the lock"},
});

}  // namespace

std::span<const Theme> themes() {
    return all_themes;
}

std::vector<Attempt> attempts() {
    std::vector<Attempt> all;
    for (const auto part : {process_attempts(), file_attempts(), socket_attempts(), held_attempts(),
                            neighbour_attempts(), memory_attempts(), ring_attempts(),
                            kernel_attempts(), entry_attempts(), lock_attempts()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    std::stable_sort(all.begin(), all.end(), [](const Attempt& one, const Attempt& other) {
        return one.theme < other.theme;
    });
    return all;
}

}  // namespace cloister::sandbox::audit
