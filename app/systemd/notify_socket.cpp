// SPDX-License-Identifier: MIT
#include "systemd/notify_socket.h"

#include <sys/socket.h>

#include <linux/vm_sockets.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/check.h"
#include "base/one_line.h"
#include "systemd/address.h"
#include "systemd/decimal.h"

namespace cloister::systemd {

namespace {

[[noreturn]] void refuse(int exit_status, const std::string& address,
                         const std::string& complaint) {
    throw base::Failure(exit_status,
                        "NOTIFY_SOCKET=\"" + base::one_line(address) + "\": " + complaint);
}

// One half of CID:PORT. The highest number is a wildcard for both (VMADDR_CID_ANY,
// VMADDR_PORT_ANY), which names nobody.
std::optional<unsigned int> parse_half(std::string_view text) {
    const auto number = parse_decimal(text);
    if (!number || *number >= std::numeric_limits<unsigned int>::max()) {
        return std::nullopt;
    }
    return static_cast<unsigned int>(*number);
}

std::optional<Address> vsock_address(std::string_view text) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    const std::string_view prefix = text.substr(0, first);
    if (second == std::string_view::npos || (prefix != "vsock" && prefix != "vsock-dgram")) {
        return std::nullopt;
    }
    const auto cid = parse_half(text.substr(first + 1, second - first - 1));
    const auto port = parse_half(text.substr(second + 1));
    if (!cid || !port) {
        return std::nullopt;
    }
    sockaddr_vm machine{};
    machine.svm_family = AF_VSOCK;
    machine.svm_cid = *cid;
    machine.svm_port = *port;
    Address address;
    std::memcpy(&address.storage, &machine, sizeof machine);
    address.length = sizeof machine;
    return address;
}

Address parse(const std::string& text) {
    if (text.starts_with("vsock-stream:") || text.starts_with("vsock-seqpacket:")) {
        refuse(EX_CONFIG, text,
               "it wants a connection for each message, which a confined process cannot make; "
               "let the systemd inside the virtual machine start cloister");
    }
    std::optional<Address> address = unix_address(text);
    if (!address) {
        address = vsock_address(text);
    }
    if (!address) {
        refuse(EX_CONFIG, text,
               "neither a path, @name nor vsock:CID:PORT; "
               "let the service manager set it, or unset it");
    }
    return *address;
}

}  // namespace

base::Fd connect_notify_socket(const std::string& address) {
    const Address manager = parse(address);
    base::Fd fd(::socket(manager.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) {
        refuse(EX_UNAVAILABLE, address,
               "no socket for it: " + std::generic_category().message(errno) +
                   "; set OpenFile=/run/systemd/notify:notify (systemd 253), or "
                   "RestrictAddressFamilies=AF_UNIX, in the service unit");
    }
    if (::connect(fd.get(), manager.generic(), manager.length) != 0) {
        refuse(EX_UNAVAILABLE, address,
               "cannot connect: " + std::generic_category().message(errno) +
                   "; see that the service manager listens there and that the unit does not "
                   "hide it, or unset it");
    }
    return fd;
}

}  // namespace cloister::systemd
