// SPDX-License-Identifier: MIT
#include "sandbox/status.h"

#include <fcntl.h>

#include <charconv>
#include <optional>
#include <string>

#include "sandbox/check.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

// The bytes after "name:" up to the end of its line.
std::optional<std::string_view> find_line(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
            return line.substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

// Takes the next number off `line`.
std::uint64_t take_number(std::string_view& line, std::string_view name, int base) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number, base);
    if (error != std::errc()) {
        throw Refusal("the field " + std::string(name) +
                      " of /proc/thread-self/status cannot be read: is /proc that of this kernel?");
    }
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return number;
}

std::uint64_t number_of(std::string_view text, std::string_view name, int base) {
    std::string_view line = find_line(text, name).value_or("");
    return take_number(line, name, base);
}

std::uint64_t number_if_any(std::string_view text, std::string_view name) {
    return find_line(text, name) ? number_of(text, name, 10) : 0;
}

}  // namespace

Status parse_status(std::string_view text) {
    Status status;
    std::string_view ids = find_line(text, "Uid").value_or("");
    for (std::uint64_t& id : status.user_ids) {
        id = take_number(ids, "Uid", 10);
    }
    status.inheritable = number_of(text, "CapInh", 16);
    status.permitted = number_of(text, "CapPrm", 16);
    status.effective = number_of(text, "CapEff", 16);
    status.bounding = number_of(text, "CapBnd", 16);
    status.ambient = number_of(text, "CapAmb", 16);
    status.no_new_privileges = number_of(text, "NoNewPrivs", 10);
    status.threads = number_of(text, "Threads", 10);
    // A kernel without seccomp has no such lines; that is reported by whoever wants a filter.
    status.seccomp_mode = number_if_any(text, "Seccomp");
    status.seccomp_filters = number_if_any(text, "Seccomp_filters");
    return status;
}

Descriptor open_own_status() {
    return Descriptor(
        check(::open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC),
              "open /proc/thread-self/status (mount /proc; ProcSubset=pid is enough)"));
}

Status read_status(const Descriptor& file) {
    std::string text;
    std::array<char, 4096> part;
    for (;;) {
        const auto got =
            check(::pread(file.get(), part.data(), part.size(), static_cast<off_t>(text.size())),
                  "pread /proc/thread-self/status");
        if (got == 0) {
            return parse_status(text);
        }
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace cloister::sandbox
