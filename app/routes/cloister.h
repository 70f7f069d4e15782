// SPDX-License-Identifier: MIT
// Everything a program needs to serve routes of its own, on ports below 1024, without a privilege.
#pragma once

#include "routes/app.h"

namespace cloister {

// Serves `app` until SIGTERM or SIGINT. In this order it
//   adopts    the sockets of systemd's socket units (sd_listen_fds(3)); by hand it opens those of
//             --listen, or 127.0.0.1:8080;
//   opens     the site of --site, if there is one: it answers before the routes;
//   confines  the process for good: from here on neither it nor a handler opens a file, makes a
//             socket or starts a program, and an attempt ends the process;
//   announces that it is ready (sd_notify(3));
//   serves    with handlers on worker threads of their own;
//   drains    on a signal: finishes the answers under way and leaves who waits to its successor.
//
// What handlers need is in memory before the call; descriptors that the program has opened itself
// are closed. `app` gets no routes during the call. The arguments are those of `cloister serve`;
// --help lists them. An error is printed with its remedy, and the process ends with a status of
// sysexits(3). Returns only for --help, --version and `policy`; a process that was confined ends
// here, because exit handlers may want calls that no longer exist.
int run(App& app, int argc, char** argv);

}  // namespace cloister
