// SPDX-License-Identifier: MIT
// Any NOTIFY_SOCKET, FDSTORE, WATCHDOG_USEC and WATCHDOG_PID end in a notifier that keeps its
// promises, or in a Failure of one line; and no status says anything beside itself. One line of the
// input for each variable; a line that is missing or begins with '!' is not set, "manager" is the
// address of a socket that somebody reads, "self" our number. The rest is a status.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/fd.h"
#include "systemd/address.h"
#include "systemd/notifier.h"

namespace cloister::systemd {
namespace {

constexpr std::array variables = {"NOTIFY_SOCKET", "FDSTORE", "WATCHDOG_USEC", "WATCHDOG_PID"};

void require(bool promise) {
    if (!promise) {
        std::abort();
    }
}

std::string next_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

const std::string& manager_address() {
    static const std::string address = "@cloister-notifier-fuzz-" + std::to_string(::getpid());
    return address;
}

int manager() {
    static const base::Fd socket = [] {
        base::Fd made(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const Address address = unix_address(manager_address()).value();
        base::check(::bind(made.get(), address.generic(), address.length), "bind");
        return made;
    }();
    return socket.get();
}

// A variable's value ends at a NUL: the environment has no other way.
void set_variables(std::string_view& rest) {
    for (const char* const variable : variables) {
        std::string value = next_line(rest);
        if (value.starts_with('!') || (value.empty() && rest.empty())) {
            ::unsetenv(variable);
            continue;
        }
        if (value == "manager") {
            value = manager_address();
        } else if (value == "self") {
            value = std::to_string(::getpid());
        }
        ::setenv(variable, value.c_str(), 1);
    }
}

// What the manager got is one line, and printable.
void keep_to_one_line(const Notifier& notifier, std::string_view status) {
    std::array<char, 65536> bytes{};
    while (::recv(manager(), bytes.data(), bytes.size(), 0) >= 0) {
    }
    notifier.status(status);
    const ssize_t size = ::recv(manager(), bytes.data(), bytes.size(), 0);
    require(size >= 0);
    const std::string_view message(bytes.data(), static_cast<std::size_t>(size));
    require(message.starts_with("STATUS="));
    for (const char c : message) {
        require(static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
    }
}

void play(std::string_view input) {
    const std::string_view address = input.substr(0, input.find('\n'));
    set_variables(input);
    const Notifier notifier = Notifier::connect(base::Fd());
    require(notifier.has_manager() || !notifier.watchdog_interval());
    require(!notifier.watchdog_interval() || notifier.watchdog_interval()->count() > 0);
    require(!notifier.has_manager() || !address.starts_with('!'));
    if (address == "manager") {
        require(notifier.has_manager());
        keep_to_one_line(notifier, input);
    }
}

}  // namespace
}  // namespace cloister::systemd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cloister;
    systemd::manager();
    try {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text.
        systemd::play({reinterpret_cast<const char*>(data), size});
    } catch (const base::Failure& failure) {
        const std::string_view message = failure.what();
        systemd::require(message.find('\n') == std::string_view::npos);
    }
    for (const char* const variable : systemd::variables) {
        systemd::require(std::getenv(variable) == nullptr);  // NOLINT(concurrency-mt-unsafe)
    }
    return 0;
}
