// SPDX-License-Identifier: MIT
#include "sandbox/audit/stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <utility>

#include "sandbox/audit/addresses.h"
#include "sandbox/audit/machine_code.h"

namespace cloister::sandbox::audit {

volatile char secret = 'o';

namespace {

constexpr int datagram_type = SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
constexpr int stream_type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

// A memfd that holds `bytes`.
template <class Bytes>
Held hold_in_memory(const char* name, const Bytes& bytes) {
    Held held = Held::take(::memfd_create(name, MFD_CLOEXEC));
    if (held.error == 0 && ::write(held.get(), bytes.data(), bytes.size()) == -1) {
        held = Held::take(-1);
    }
    return held;
}

// The port at which `held` is bound on 127.0.0.1 from here on; 0, and the reason in it, if that
// cannot be.
std::uint16_t bind_to_loopback(Held& held) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (held.error != 0) {
        return 0;
    }
    if (::bind(held.get(), as_address(address), sizeof address) == -1 ||
        ::getsockname(held.get(), reinterpret_cast<sockaddr*>(&address), &length) == -1) {
        held = Held::take(-1);
        return 0;
    }
    return ntohs(address.sin_port);
}

// A unix datagram socket bound to `name`.
Held open_inbox(std::string_view name) {
    Held held = Held::take(::socket(AF_UNIX, datagram_type, 0));
    const UnixAddress address(name);
    if (held.error == 0 && ::bind(held.get(), address.get(), address.length()) == -1) {
        held = Held::take(-1);
    }
    return held;
}

char* map_page(int flags) {
    void* const page = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    return page == MAP_FAILED ? nullptr : static_cast<char*>(page);
}

// What the neighbour does all its life: says that it is there, and waits for the end of `life`.
[[noreturn]] void be_neighbour(const Descriptor& life, const Descriptor& voice) {
    secret = 's';
    std::array<char, 1> byte = {'!'};
    if (::write(voice.get(), byte.data(), 1) == 1) {
        while (::read(life.get(), byte.data(), 1) == -1 && errno == EINTR) {
        }
    }
    ::_exit(0);
}

}  // namespace

Held Held::take(long result) {
    Held held;
    held.error = result == -1 ? errno : 0;
    held.descriptor = Descriptor(static_cast<int>(result));
    return held;
}

Stage::Stage(std::atomic<bool>& through, std::string scratch_path)
    : page(map_page(0)),
      low_page(map_page(MAP_32BIT)),
      scratch(std::move(scratch_path)),
      socket_path(scratch + ".socket"),
      home_name(std::string(1, '\0') + "cloister-audit-" + std::to_string(::getpid())),
      abstract_name(home_name + "-other"),
      through_(through) {}

void Stage::prepare() {
    // A unit's LimitFSIZE= answers with this signal.
    ::signal(SIGXFSZ, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
    own_group = ::getpgrp() == ::getpid();
    open_files();
    open_sockets();
    open_inboxes();
}

void Stage::open_files() {
    folder = Held::take(::open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    program = Held::take(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    tiny = hold_in_memory("tiny", tiny_program);
    code = hold_in_memory("code", machine_code);
}

void Stage::open_sockets() {
    listener = Held::take(::socket(AF_INET, stream_type, 0));
    tcp_port = bind_to_loopback(listener);
    if (tcp_port == 0 || ::listen(listener.get(), 1) == -1) {
        listener = Held::take(::socket(AF_UNIX, stream_type, 0));
    }
    client = Held::take(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(tcp_port);
    if (client.error == 0 && ::connect(client.get(), as_address(address), sizeof address) == -1) {
        client = Held::take(-1);
    }
    udp = Held::take(::socket(AF_INET, datagram_type, 0));
    udp_port = bind_to_loopback(udp);
}

void Stage::open_inboxes() {
    home = open_inbox(home_name);
    abstract_inbox = open_inbox(abstract_name);
    path_inbox = open_inbox(socket_path);
    datagram = Held::take(::socket(AF_UNIX, datagram_type, 0));
    const UnixAddress address(home_name);
    if (home.error == 0 && datagram.error == 0 &&
        ::connect(datagram.get(), address.get(), address.length()) == -1) {
        datagram = Held::take(-1);
    }
    std::array<int, 2> pair = {-1, -1};
    const int made = ::socketpair(AF_UNIX, stream_type, 0, pair.data());
    left = Held::take(made == -1 ? -1 : pair[0]);
    right = made == -1 ? Held::take(-1) : Held::take(pair[1]);
    if (made == 0) {
        Message message(left.get());
        ::sendmsg(left.get(), message.get(), MSG_NOSIGNAL);
    }
}

void Stage::make_neighbour() {
    std::array<int, 2> to = {-1, -1};
    std::array<int, 2> from = {-1, -1};
    if (::pipe2(to.data(), O_CLOEXEC) == -1 || ::pipe2(from.data(), O_CLOEXEC) == -1) {
        life = Held::take(-1);
        return;
    }
    life = Held::take(to[1]);
    watch = Held::take(from[0]);
    const Descriptor hears(to[0]);
    const Descriptor speaks(from[1]);
    const pid_t made = ::fork();
    if (made == 0) {
        life = {};
        watch = {};
        be_neighbour(hears, speaks);
    }
    std::array<char, 1> greeting = {};
    if (made == -1) {
        life = Held::take(-1);
    } else if (::read(watch.get(), greeting.data(), 1) == 1) {
        neighbour = made;
    }
}

std::vector<int> Stage::descriptors() const {
    std::vector<int> all;
    for (const Held* held :
         {&folder, &program, &tiny, &code, &listener, &client, &udp, &home, &datagram,
          &abstract_inbox, &path_inbox, &left, &right, &life, &watch}) {
        if (held->get() >= 0) {
            all.push_back(held->get());
        }
    }
    return all;
}

bool Stage::neighbour_ends() const {
    constexpr int patience_ms = 1000;
    pollfd end = {.fd = watch.get(), .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, patience_ms) == 1 && (end.revents & POLLHUP) != 0;
}

}  // namespace cloister::sandbox::audit
