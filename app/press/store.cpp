// SPDX-License-Identifier: MIT
#include "press/store.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "site/hash.h"

namespace cloister::press {

namespace limits = base::limits;

namespace {

// Address space alone; less of it is as good for any site that fits.
constexpr std::size_t reserved_bytes = std::size_t{1} << 40U;

// Memory is taken in steps, because each costs a system call.
constexpr std::size_t step_bytes = 4 * limits::mib;

constexpr std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t step) {
    return (bytes + step - 1) / step * step;
}

}  // namespace

Store::Store() : memory_(site::Region::reserve(reserved_bytes)) {
    memory_.grow(step_bytes);
}

Store::Store(base::Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

// Everything begins at a multiple of 8, where the index must.
Place Store::add(std::string_view bytes) {
    const Place place{.offset = 0, .length = bytes.size(), .checksum = site::checksum_of(bytes)};
    const std::lock_guard lock(mutex_);
    const std::uint64_t offset = rounded_up(size_, 8);
    write_at(offset, bytes);
    size_ = offset + bytes.size();
    return {offset, place.length, place.checksum};
}

void Store::write_at(std::uint64_t offset, std::string_view bytes) {
    if (!file_) {
        memory_.grow(rounded_up(offset + bytes.size(), step_bytes));
        std::memcpy(memory_.writable() + offset, bytes.data(), bytes.size());
        return;
    }
    while (!bytes.empty()) {
        const auto count = static_cast<std::size_t>(base::check(
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
            "write " + path_));
        bytes.remove_prefix(count);
        offset += count;
    }
}

std::string Store::read(const Place& place) {
    const std::lock_guard lock(mutex_);
    std::string bytes(place.length, '\0');
    if (!file_) {
        std::memcpy(bytes.data(), memory_.writable() + place.offset, bytes.size());
        return bytes;
    }
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t count =
            base::check(::pread(file_.get(), bytes.data() + have, bytes.size() - have,
                                static_cast<off_t>(place.offset + have)),
                        "read " + path_);
        if (count == 0) {
            throw base::Failure(EX_IOERR, path_ + " became shorter while it was written");
        }
        have += static_cast<std::size_t>(count);
    }
    return bytes;
}

std::uint64_t Store::size() {
    const std::lock_guard lock(mutex_);
    return size_;
}

void Store::finish(site::Header header) {
    const std::lock_guard lock(mutex_);
    header.bytes = size_;
    const auto bytes = [&header](std::size_t length) {
        return std::string_view(reinterpret_cast<const char*>(&header), length);
    };
    header.checksum = site::checksum_of(bytes(offsetof(site::Header, checksum)));
    write_at(0, bytes(sizeof header));
}

site::Region Store::region() {
    if (file_) {
        return site::Region::map(file_.get(), size_, path_);
    }
    memory_.seal(size_);
    return std::move(memory_);
}

}  // namespace cloister::press
