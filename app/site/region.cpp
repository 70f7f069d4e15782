// SPDX-License-Identifier: MIT
#include "site/region.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace cloister::site {

namespace {

std::size_t page_bytes() {
    return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t whole_pages(std::size_t bytes) {
    return (bytes + page_bytes() - 1) / page_bytes() * page_bytes();
}

}  // namespace

Region Region::map(int file, std::size_t bytes, const std::string& path) {
    if (bytes == 0) {
        return {};
    }
    void* const data = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (data == MAP_FAILED) {
        throw std::system_error(errno, std::generic_category(), "map " + path);
    }
    return {static_cast<char*>(data), bytes, bytes};
}

Region Region::reserve(std::size_t bytes) {
    for (std::size_t size = whole_pages(bytes);; size = whole_pages(size / 2)) {
        void* const data =
            ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (data != MAP_FAILED) {
            Region region(static_cast<char*>(data), size, 0);
            if (size < bytes) {
                region.give_back_behind(whole_pages(size / 2));
            }
            return region;
        }
        if (size <= page_bytes()) {
            throw std::system_error(errno, std::generic_category(), "reserve address space");
        }
    }
}

Region::Region(Region&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      used_(std::exchange(other.used_, 0)) {}

Region& Region::operator=(Region&& other) noexcept {
    Region taken(std::move(other));
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    std::swap(used_, taken.used_);
    return *this;
}

Region::~Region() {
    if (data_ != nullptr) {
        ::munmap(data_, size_);
    }
}

void Region::grow(std::size_t bytes) {
    if (bytes > size_) {
        throw std::system_error(ENOMEM, std::generic_category(),
                                "grow beyond the address space that could be reserved (ulimit -v)");
    }
    if (bytes > used_) {
        base::check(::mprotect(data_, whole_pages(bytes), PROT_READ | PROT_WRITE), "grow memory");
        used_ = bytes;
    }
}

void Region::give_back_behind(std::size_t kept) {
    if (kept < size_) {
        base::check(::munmap(data_ + kept, size_ - kept), "give address space back");
        size_ = kept;
    }
}

void Region::seal(std::size_t bytes) {
    const std::size_t kept = whole_pages(bytes);
    give_back_behind(kept);
    used_ = bytes;
    if (kept == 0) {
        data_ = nullptr;
    } else {
        base::check(::mprotect(data_, kept, PROT_READ), "seal memory");
    }
}

}  // namespace cloister::site
