// SPDX-License-Identifier: MIT
// io_uring(7): the kernel makes calls that no seccomp filter sees.
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

// A ring for one request, laid out as io_uring_setup(2) says.
class Ring {
  public:
    // False if the kernel gives none; errno says why.
    bool open() {
        descriptor_ = call(SYS_io_uring_setup, 1, &parameters_);
        if (descriptor_ == -1) {
            return false;
        }
        const io_sqring_offsets& sent = parameters_.sq_off;
        const io_cqring_offsets& done = parameters_.cq_off;
        sent_ = map(sent.array + parameters_.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
        done_ = map(done.cqes + parameters_.cq_entries * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
        requests_ = map(parameters_.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES);
        return sent_ != nullptr && done_ != nullptr && requests_ != nullptr;
    }

    // Hands `request` in and waits for its result, which is -1 and errno if it failed.
    long perform(const io_uring_sqe& request) {
        *reinterpret_cast<io_uring_sqe*>(requests_) = request;
        *number_at(sent_, parameters_.sq_off.array) = 0;
        __atomic_store_n(number_at(sent_, parameters_.sq_off.tail), 1U, __ATOMIC_RELEASE);
        if (call(SYS_io_uring_enter, descriptor_, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) == -1) {
            return -1;
        }
        const auto* const result =
            reinterpret_cast<const io_uring_cqe*>(done_ + parameters_.cq_off.cqes);
        return result_of(result->res);
    }

  private:
    [[nodiscard]] char* map(std::size_t bytes, long offset) const {
        const long place = call(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_POPULATE, descriptor_, offset);
        return place == -1 ? nullptr : place_of(place);
    }

    static unsigned* number_at(char* ring, unsigned offset) {
        return reinterpret_cast<unsigned*>(ring + offset);
    }

    io_uring_params parameters_ = {};
    long descriptor_ = -1;
    char* sent_ = nullptr;
    char* done_ = nullptr;
    char* requests_ = nullptr;
};

long open_by_ring(Stage& stage) {
    Ring ring;
    io_uring_sqe request = {};
    request.opcode = IORING_OP_OPENAT;
    request.fd = AT_FDCWD;
    request.addr = reinterpret_cast<std::uint64_t>("/etc/passwd");
    request.open_flags = O_RDONLY;
    std::array<char, 1> byte = {};
    const long opened = ring.open() ? stage.got(ring.perform(request)) : -1;
    return opened == -1 ? -1 : happened(call(SYS_read, opened, byte.data(), 1) == 1);
}

long make_socket_by_ring(Stage& stage) {
    Ring ring;
    io_uring_sqe request = {};
    request.opcode = IORING_OP_SOCKET;
    request.fd = AF_INET;
    request.off = SOCK_STREAM;
    return ring.open() ? stage.got(ring.perform(request)) : -1;
}

constexpr auto rows = std::to_array<Attempt>({
    {17, "io_uring-setup", SYS_io_uring_setup, Control::depends, "hold a ring for later",
     [](Stage& stage) {
         io_uring_params parameters = {};
         return stage.got(call(SYS_io_uring_setup, 1, &parameters));
     }},
    {17, "io_uring-openat", SYS_io_uring_setup, Control::depends, "read files past the filter",
     open_by_ring},
    {17, "io_uring-socket", SYS_io_uring_setup, Control::depends, "make sockets past the filter",
     make_socket_by_ring},
});

}  // namespace

std::span<const Attempt> ring_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
