// SPDX-License-Identifier: MIT
// The structures that socket calls point to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cloister::sandbox::audit {

// 127.0.0.1 and `port`.
inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline const sockaddr* as_address(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

// A path, or an abstract name, which begins with a zero byte (unix(7)).
class UnixAddress {
  public:
    explicit UnixAddress(std::string_view name) : size_(std::min(name.size(), longest)) {
        address_.sun_family = AF_UNIX;
        std::memcpy(address_.sun_path, name.data(), size_);
    }

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&address_);
    }

    [[nodiscard]] socklen_t length() const {
        return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size_);
    }

  private:
    static constexpr std::size_t longest = sizeof(sockaddr_un::sun_path);

    sockaddr_un address_ = {};
    std::size_t size_;
};

// A message of one byte that carries, or makes room for, one descriptor (SCM_RIGHTS, unix(7)).
class Message {
  public:
    explicit Message(int descriptor) {
        header_.msg_iov = &part_;
        header_.msg_iovlen = 1;
        header_.msg_control = room_.data();
        header_.msg_controllen = room_.size();
        cmsghdr* const control = CMSG_FIRSTHDR(&header_);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
    }

    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    msghdr* get() { return &header_; }

    // After recvmsg(2): did a descriptor come?
    bool has_descriptor() { return CMSG_FIRSTHDR(&header_) != nullptr; }

  private:
    std::array<char, 1> byte_ = {'.'};
    iovec part_ = {byte_.data(), byte_.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room_ = {};
    msghdr header_ = {};
};

}  // namespace cloister::sandbox::audit
