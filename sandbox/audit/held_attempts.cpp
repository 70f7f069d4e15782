// SPDX-License-Identifier: MIT
// What could be done with descriptors that the process has every right to hold.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <array>

#include "sandbox/audit/addresses.h"
#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

// Did the byte come that a deed has sent there?
long arrived(const Held& inbox) {
    std::array<char, 1> byte = {};
    return happened(call(SYS_recvfrom, inbox.get(), byte.data(), 1, 0, 0, 0) == 1);
}

long send_to(Stage& stage, std::string_view name, const Held& inbox) {
    const UnixAddress address(name);
    const long sent = call(SYS_sendto, stage.datagram.get(), "!", 1, MSG_NOSIGNAL, address.get(),
                           address.length());
    return stage.got(sent) == -1 ? -1 : arrived(inbox);
}

long reconnect(Stage& stage) {
    const UnixAddress address(stage.socket_path);
    return stage.got(call(SYS_connect, stage.datagram.get(), address.get(), address.length()));
}

long send_descriptor(Stage& stage) {
    Message message(stage.folder.get());
    return stage.got(call(SYS_sendmsg, stage.left.get(), message.get(), MSG_NOSIGNAL));
}

long receive_descriptor(Stage& stage) {
    Message message(-1);
    const long got = call(SYS_recvmsg, stage.right.get(), message.get(), 0);
    return stage.got(got) == -1 ? -1 : happened(message.has_descriptor());
}

long set_option(Stage& stage) {
    const int backlog_bytes = 4096;
    return stage.got(call(SYS_setsockopt, stage.listener.get(), SOL_SOCKET, SO_RCVBUF,
                          &backlog_bytes, sizeof backlog_bytes));
}

long set_blocking_by_ioctl(Stage& stage) {
    int on = 1;
    return stage.got(call(SYS_ioctl, stage.listener.get(), FIONBIO, &on));
}

// Zero bytes suffice: the call is in the table or it is not.
long write_in_parts(Stage& stage) {
    const iovec none = {};
    return stage.got(call(SYS_writev, stage.life.get(), &none, 1));
}

constexpr Control works = Control::works;

constexpr auto rows = std::to_array<Attempt>({
    {12, "datagram-abstract", SYS_sendto, works, "order things from a daemon, by its name",
     [](Stage& stage) { return send_to(stage, stage.abstract_name, stage.abstract_inbox); },
     &Stage::abstract_inbox},
    {12, "datagram-path", SYS_sendto, works, "order things from a daemon, by its path",
     [](Stage& stage) { return send_to(stage, stage.socket_path, stage.path_inbox); },
     &Stage::path_inbox},
    {12, "datagram-reconnect", SYS_connect, works, "the same, for good", reconnect,
     &Stage::path_inbox},
    {13, "send-descriptor", SYS_sendmsg, works, "give what they hold to an accomplice",
     send_descriptor, &Stage::left},
    {13, "receive-descriptor", SYS_recvmsg, works, "be given a file that they could not open",
     receive_descriptor, &Stage::right},
    {24, "read", SYS_read, works, "read from what is held; the server needs other calls",
     [](Stage& stage) { return stage.got(call(SYS_read, stage.program.get(), stage.page, 1)); },
     &Stage::program},
    {24, "writev", SYS_writev, works, "write to it; the server needs other calls", write_in_parts,
     &Stage::life},
    {24, "setsockopt", SYS_setsockopt, works, "change how the port takes connections", set_option,
     &Stage::listener},
    {24, "listen", SYS_listen, works, "change how many may wait",
     [](Stage& stage) { return stage.got(call(SYS_listen, stage.listener.get(), 1)); },
     &Stage::listener},
    {24, "fcntl-setfl", SYS_fcntl, works, "let the server hang in a read",
     [](Stage& stage) { return stage.got(call(SYS_fcntl, stage.listener.get(), F_SETFL, 0)); },
     &Stage::listener},
    {24, "fcntl-setown", SYS_fcntl, works, "have the kernel signal another process",
     [](Stage& stage) {
         return stage.got(call(SYS_fcntl, stage.listener.get(), F_SETOWN, stage.neighbour));
     },
     &Stage::life},
    {24, "ioctl", SYS_ioctl, works, "reach what drivers offer", set_blocking_by_ioctl,
     &Stage::listener},
    {24, "dup", SYS_dup, works, "keep a connection that the server closes",
     [](Stage& stage) { return stage.got(call(SYS_dup, stage.listener.get())); }, &Stage::listener},
    {24, "dup2", SYS_dup2, works, "put one connection in another's place",
     [](Stage& stage) {
         return stage.got(call(SYS_dup2, stage.listener.get(), stage.folder.get()));
     },
     &Stage::folder},
    {24, "shutdown", SYS_shutdown, works, "close the port for the next process too",
     [](Stage& stage) { return stage.got(call(SYS_shutdown, stage.listener.get(), SHUT_RDWR)); },
     &Stage::listener},
});

}  // namespace

std::span<const Attempt> held_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
