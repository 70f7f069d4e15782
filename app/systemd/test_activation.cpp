// SPDX-License-Identifier: MIT
#include "systemd/test_activation.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <span>

#include "base/check.h"
#include "systemd/by_hand.h"
#include "systemd/listen_variables.h"

namespace cloister::systemd::played {

namespace {

void set_variable(const char* name, std::optional<std::string> value, const std::string& self) {
    if (value) {
        ::setenv(name, value == "self" ? self.c_str() : value->c_str(), 1);
    }
}

void prepare(const Start& start) {
    constexpr int aside = 100;
    std::vector<int> copies;
    for (const int descriptor : start.descriptors) {
        copies.push_back(descriptor == closed ? closed : ::fcntl(descriptor, F_DUPFD, aside));
    }
    ::close(STDIN_FILENO);
    ::dup2(start.standard_input, STDIN_FILENO);
    ::close_range(first_descriptor, aside - 1, 0);
    for (std::size_t index = 0; index < copies.size(); ++index) {
        ::dup2(copies[index], first_descriptor + static_cast<int>(index));
    }
    ::close_range(aside, ~0U, 0);
    const Self self = identify_self();
    set_variable("LISTEN_PID", start.pid, std::to_string(self.pid));
    set_variable("LISTEN_PIDFDID", start.pidfd_id, std::to_string(self.pidfd_id.value_or(1)));
    set_variable("LISTEN_FDS", start.fds, "");
    set_variable("LISTEN_FDNAMES", start.names, "");
}

constexpr std::array<const char*, 4> variables = {"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
                                                  "LISTEN_FDNAMES"};

bool variables_are_unset() {
    return std::all_of(variables.begin(), variables.end(),
                       [](const char* name) { return std::getenv(name) == nullptr; });
}

}  // namespace

std::string in_child(const Start& start, const std::function<std::string()>& play) {
    constexpr std::size_t page_bytes = 4096;
    void* const shared =
        ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const std::span<char> report(static_cast<char*>(shared), page_bytes);
    const pid_t child = ::fork();
    if (child == 0) {
        prepare(start);
        std::string text;
        try {
            text = play();
        } catch (const base::Failure& failure) {
            text = std::to_string(failure.exit_status()) + ": " + failure.what();
            text += variables_are_unset() ? "" : " (variables left)";
        } catch (const std::exception& exception) {
            text = exception.what();
        }
        std::copy_n(text.begin(), std::min(text.size(), page_bytes - 1), report.begin());
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    std::string text = status == 0 ? report.data() : "died: " + std::to_string(status);
    ::munmap(shared, page_bytes);
    return text;
}

std::string describe(const Adoption& adoption) {
    constexpr std::array<const char*, 3> roles = {"http", "https", "admin"};
    std::string text;
    for (const Listener& listener : adoption.listeners) {
        text += std::to_string(listener.fd.get()) + " ";
        text += roles.at(static_cast<std::size_t>(listener.role));
        text += listener.connected ? " connected, " : ", ";
    }
    text += adoption.notify ? "notify " + std::to_string(adoption.notify.get()) + ", " : "";
    if (adoption.ticket_keys) {
        text += "ticket keys " + std::to_string(adoption.ticket_keys.get()) + ", ";
    }
    text += adoption.activated ? "activated" : "by hand";
    text += variables_are_unset() ? "" : ", variables left";
    return text;
}

std::string adopted(const Start& start) {
    return in_child(start, [] { return describe(adopt()); });
}

Datagram receive_from(const base::Fd& manager) {
    constexpr std::size_t most = 8;
    std::array<char, 4096> bytes{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most * sizeof(int))> control{};
    iovec part = {.iov_base = bytes.data(), .iov_len = bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(manager.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) {
        return {"(none)"};
    }
    Datagram datagram{std::string(bytes.data(), static_cast<std::size_t>(size))};
    const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
        std::array<int, most> numbers{};
        const std::size_t length = rights->cmsg_len - CMSG_LEN(0);
        std::memcpy(numbers.data(), CMSG_DATA(rights), length);
        for (std::size_t index = 0; index < length / sizeof(int); ++index) {
            datagram.descriptors.emplace_back(numbers.at(index));
        }
    }
    return datagram;
}

base::Fd tcp_listener() {
    return listen_on("127.0.0.1:0").fd;
}

std::pair<base::Fd, base::Fd> make_pair(int type) {
    std::array<int, 2> ends{};
    base::check(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
    return {base::Fd(ends[0]), base::Fd(ends[1])};
}

}  // namespace cloister::systemd::played
