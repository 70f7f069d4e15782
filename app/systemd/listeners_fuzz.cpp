// SPDX-License-Identifier: MIT
// Any environment must end in an announcement that keeps its promises, or in a Failure of one line.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "systemd/listen_variables.h"

namespace cloister::systemd {
namespace {

void require(bool promise) {
    if (!promise) {
        std::abort();
    }
}

// One line of the input for each variable; a line that is missing or begins with '!' is not set.
std::optional<std::string> next_line(std::string_view& rest) {
    if (rest.empty()) {
        return std::nullopt;
    }
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line.starts_with('!') ? std::nullopt : std::optional<std::string>(line);
}

void keep_promises(const Announcement& announcement) {
    const bool ours = announcement.addressee == Addressee::ourselves;
    require(ours == (announcement.count > 0));
    require(first_descriptor + announcement.count > 0);
    const std::size_t name_count = announcement.names.size();
    require(name_count == 0 || name_count == static_cast<std::size_t>(announcement.count));
    for (const std::string& name : announcement.names) {
        require(name.size() <= 255 && name.find(':') == std::string::npos);
    }
}

}  // namespace
}  // namespace cloister::systemd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cloister;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    systemd::ListenVariables variables;
    variables.pid = systemd::next_line(rest);
    variables.pidfd_id = systemd::next_line(rest);
    variables.fds = systemd::next_line(rest);
    variables.names = systemd::next_line(rest);
    try {
        systemd::keep_promises(systemd::interpret(variables, {.pid = 42, .pidfd_id = 7}));
    } catch (const base::Failure& failure) {
        const std::string_view message = failure.what();
        systemd::require(message.size() < 300 && message.find('\n') == std::string_view::npos);
    }
    return 0;
}
