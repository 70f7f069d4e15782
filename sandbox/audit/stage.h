// SPDX-License-Identifier: MIT
// What a process holds when the attempt begins. All of it is made before the lock: descriptors of
// every kind that could be misused, and a neighbour to attack.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/descriptors.h"

namespace cloister::sandbox::audit {

// A descriptor, or the errno with which it could not be had: in a hardened unit many cannot.
struct Held {
    Descriptor descriptor;
    int error = 0;

    // Takes the result of a system call that makes a descriptor.
    static Held take(long result);

    [[nodiscard]] int get() const { return descriptor.get(); }
};

// A process number beyond any that is given out. (-1 would mean everybody.)
constexpr pid_t nobody_there = 0x7fffffff;

class Stage {
  public:
    // Holds nothing yet. `through` is set when the call that decides an attempt has succeeded; it
    // may lie in memory shared with a judge, who then knows even if the process is killed by what
    // it does next. `scratch` is a path in a folder that everybody may write to: nothing is there,
    // and whoever made the stage removes what comes to be there.
    Stage(std::atomic<bool>& through, std::string scratch);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    Held folder;          // /etc
    Held program;         // this program's file
    Held tiny;            // a memfd: a program of 132 bytes that exits with 0
    Held code;            // a memfd: machine code; Code, machine_code.h
    Held listener;        // TCP on 127.0.0.1; where a unit forbids that, any socket
    Held client;          // a TCP socket connected to it
    Held udp;             // bound on 127.0.0.1
    Held home;            // a unix datagram socket with an abstract address
    Held datagram;        // another, connected to it, as the server's is to systemd
    Held abstract_inbox;  // another datagram socket, with an abstract address
    Held path_inbox;      // another, at the path scratch + ".socket"
    Held left, right;     // a pair of stream sockets; `right` has a descriptor in its queue
    Held life;            // the neighbour lives until this is closed
    Held watch;           // ends when the neighbour does

    pid_t neighbour = nobody_there;  // a child of the same user
    bool own_group = false;          // is there nobody else in this process group?
    char* page = nullptr;            // 4096 bytes of anonymous memory
    char* low_page = nullptr;        // the same below 4 GiB, for 32-bit pointers
    std::uint16_t tcp_port = 0, udp_port = 0;
    std::string scratch, socket_path;
    std::string home_name, abstract_name;

    // Makes everything but the neighbour; what cannot be made is noted in its Held.
    void prepare();

    // Makes the neighbour, and `life` and `watch`: a second process, for attempts that need it.
    void make_neighbour();

    // Passes the result of the call that decides on; notes if it was no failure.
    long got(long result) {
        if (result != -1) {
            through_.store(true);
        }
        return result;
    }

    // Every descriptor above, for Terms::keep.
    [[nodiscard]] std::vector<int> descriptors() const;

    // Waits up to a second for the neighbour's end. False if it lives on.
    [[nodiscard]] bool neighbour_ends() const;

  private:
    void open_files();
    void open_sockets();
    void open_inboxes();

    std::atomic<bool>& through_;
};

constexpr std::size_t page_bytes = 4096;

// A byte that is 's' in the neighbour's memory, and 'o' in everybody else's.
extern volatile char secret;

}  // namespace cloister::sandbox::audit
