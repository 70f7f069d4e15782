// SPDX-License-Identifier: MIT
#include "systemd/inherited.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/one_line.h"
#include "systemd/socket_option.h"

namespace cloister::systemd {

namespace {

struct Word {
    int value;
    const char* text;
};

template <std::size_t Count>
std::string word_for(int value, const std::array<Word, Count>& words) {
    for (const Word& word : words) {
        if (word.value == value) {
            return word.text;
        }
    }
    return "of a kind without a name (" + std::to_string(value) + ")";
}

constexpr std::array<Word, 5> file_kinds = {{
    {S_IFREG, "a regular file"},
    {S_IFDIR, "a directory"},
    {S_IFIFO, "a FIFO"},
    {S_IFCHR, "a character device"},
    {S_IFBLK, "a block device"},
}};

constexpr std::array<Word, 3> socket_types = {{
    {SOCK_DGRAM, "a datagram socket; use ListenStream=, not ListenDatagram="},
    {SOCK_SEQPACKET, "a sequential packet socket; use ListenStream=, not ListenSequentialPacket="},
    {SOCK_RAW, "a raw socket; use ListenStream="},
}};

[[noreturn]] void refuse_descriptor(int number, const std::string& name,
                                    const std::string& complaint) {
    throw base::Failure(EX_CONFIG, "descriptor " + std::to_string(number) + " (\"" +
                                       base::one_line(name) + "\"): " + complaint);
}

void require_socket(const Inherited& inherited) {
    if (inherited.name == "stored") {
        refuse(inherited,
               "it comes from the file descriptor store, where cloister keeps nothing without a "
               "name; stop the service, which empties the store, and start it again");
    }

    struct stat status {};

    base::check(::fstat(inherited.fd.get(), &status), "examine an inherited descriptor");
    if (!S_ISSOCK(status.st_mode)) {
        const int kind = static_cast<int>(status.st_mode & S_IFMT);
        refuse(inherited,
               "not a socket but " + word_for(kind, file_kinds) +
                   "; remove the OpenFile=, ListenFIFO= or ListenSpecial= that passes it");
    }
}

// The family of the other end; nothing if there never was one, or if it has reset the connection.
std::optional<sa_family_t> peer_family(int socket) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0) {
        return std::nullopt;
    }
    return peer.ss_family;
}

}  // namespace

void refuse(const Inherited& inherited, const std::string& complaint) {
    refuse_descriptor(inherited.fd.get(), inherited.name, complaint);
}

std::vector<Inherited> take_descriptors(const Announcement& announcement) {
    std::vector<Inherited> all;
    for (int index = 0; index < announcement.count; ++index) {
        const int number = first_descriptor + index;
        const int flags = ::fcntl(number, F_GETFD);
        if (flags == -1) {
            refuse_descriptor(number, announcement.name(index),
                              "not open, though LISTEN_FDS=" + std::to_string(announcement.count) +
                                  " announces it; let no wrapper between systemd and cloister "
                                  "close descriptors");
        }
        base::check(::fcntl(number, F_SETFD, flags | FD_CLOEXEC), "set FD_CLOEXEC");
        all.push_back({base::Fd(number), announcement.name(index)});
    }
    return all;
}

void require_stream_socket(const Inherited& inherited) {
    require_socket(inherited);
    const int family = socket_option(inherited.fd.get(), SO_DOMAIN);
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) {
        refuse(inherited, "a socket of address family " + std::to_string(family) +
                              "; let ListenStream= be an IPv4, IPv6 or unix address");
    }
    const int type = socket_option(inherited.fd.get(), SO_TYPE);
    if (type != SOCK_STREAM) {
        refuse(inherited, word_for(type, socket_types));
    }
}

bool is_connection(const Inherited& inherited, bool alone) {
    if (socket_option(inherited.fd.get(), SO_ACCEPTCONN) == 1) {
        return false;
    }
    // A client of Accept=yes may have gone before we came: that is its right, not a wrong unit.
    if (!peer_family(inherited.fd.get()) && inherited.name != "connection") {
        refuse(inherited,
               "a socket that neither listens nor is connected; "
               "let a .socket unit with ListenStream= pass it");
    }
    if (!alone) {
        refuse(inherited,
               "a connected socket beside other sockets; "
               "Accept=yes passes exactly one, so remove Sockets= from the service unit");
    }
    return true;
}

void require_notify_socket(const Inherited& inherited) {
    const int socket = inherited.fd.get();
    if (socket_option(socket, SO_TYPE) != SOCK_DGRAM || peer_family(socket) != AF_UNIX) {
        refuse(inherited,
               "not a connected unix datagram socket; "
               "set OpenFile=/run/systemd/notify:notify in the service unit");
    }
}

}  // namespace cloister::systemd
