// SPDX-License-Identifier: MIT
#include "press/store.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "press/new_file.h"
#include "site/hash.h"

namespace cloister::press {

namespace limits = base::limits;

namespace {

// Address space alone; less of it is as good for any site that fits.
constexpr std::size_t reserved_bytes = std::size_t{1} << 40U;

// Memory is taken in steps, because each costs a system call.
constexpr std::size_t step_bytes = 4 * limits::mib;

// Of a large file, read and written at once; whole stripes for the checksum.
constexpr std::size_t part_bytes = limits::mib;

constexpr std::uint64_t rounded_up(std::uint64_t bytes, std::uint64_t step) {
    return (bytes + step - 1) / step * step;
}

bool is_zeros(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

// Fills `bytes` from `offset` on and returns how many there were.
std::size_t read_from(int file, std::uint64_t offset, std::string& bytes,
                      const std::string& shown) {
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t count = base::check(::pread(file, bytes.data() + have, bytes.size() - have,
                                                  static_cast<off_t>(offset + have)),
                                          "read " + shown);
        if (count == 0) {
            break;
        }
        have += static_cast<std::size_t>(count);
    }
    return have;
}

}  // namespace

Store::Store() : memory_(site::Region::reserve(reserved_bytes)) {
    memory_.grow(step_bytes);
}

Store::Store(base::Fd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

// Bytes that nobody else writes to. Everything begins at a multiple of 8, where the index must.
std::uint64_t Store::claim(std::uint64_t length) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t offset = rounded_up(size_, 8);
    size_ = offset + length;
    if (!is_file()) {
        memory_.grow(rounded_up(size_, step_bytes));
    }
    return offset;
}

Place Store::add(std::string_view bytes) {
    const std::uint64_t offset = claim(bytes.size());
    write_at(offset, bytes);
    return {.offset = offset, .length = bytes.size(), .checksum = site::checksum_of(bytes)};
}

Place Store::add(int file, std::uint64_t length, const std::string& shown) {
    Place place{.offset = claim(length)};
    site::Checksum checksum;
    std::string part;
    while (place.length < length) {
        part.resize(std::min<std::uint64_t>(part_bytes, length - place.length));
        const std::size_t have = read_from(file, place.length, part, shown);
        const std::string_view bytes = std::string_view(part).substr(0, have);
        write_at(place.offset + place.length, bytes);
        checksum.add(bytes);
        place.length += have;
        if (have < part.size()) {
            break;  // It became shorter; what is there is the file now.
        }
    }
    place.checksum = checksum.value();
    return place;
}

void Store::write_at(std::uint64_t offset, std::string_view bytes) {
    if (!is_file()) {
        std::memcpy(memory_.writable() + offset, bytes.data(), bytes.size());
    } else if (!is_zeros(
                   bytes)) {  // The file has zeros where nothing is written, and they are free.
        write_to_file(offset, bytes);
    }
}

void Store::write_to_file(std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count == -1) {
            refuse_unwritten(path_, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

std::string Store::read(const Place& place) {
    std::string bytes(place.length, '\0');
    if (!is_file()) {
        std::memcpy(bytes.data(), memory_.writable() + place.offset, bytes.size());
    } else if (read_from(file_.get(), place.offset, bytes, path_) != bytes.size()) {
        throw base::Failure(EX_IOERR, path_ + " became shorter while it was written");
    }
    return bytes;
}

std::uint64_t Store::size() {
    const std::lock_guard lock(mutex_);
    return size_;
}

void Store::finish(site::Header header) {
    header.bytes = size();
    const auto bytes = [&header](std::size_t length) {
        return std::string_view(reinterpret_cast<const char*>(&header), length);
    };
    header.checksum = site::checksum_of(bytes(offsetof(site::Header, checksum)));
    write_at(0, bytes(sizeof header));
    if (is_file() && ::ftruncate(file_.get(), static_cast<off_t>(header.bytes)) == -1) {
        refuse_unwritten(path_, errno);
    }
}

site::Region Store::region() {
    if (is_file()) {
        return site::Region::map(file_.get(), size_, path_);
    }
    memory_.seal(size_);
    return std::move(memory_);
}

}  // namespace cloister::press
