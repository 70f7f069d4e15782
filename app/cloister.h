// SPDX-License-Identifier: MIT
// Everything a program needs to serve routes of its own, on ports below 1024, without a privilege.
#pragma once

#include "routes/app.h"

namespace cloister {

// Serves `app` until SIGTERM or SIGINT, and returns the exit status for main. In this order it
//   adopts   the sockets of systemd's socket units (sd_listen_fds(3)), or those of --listen, or
//   opens
//            127.0.0.1:8080;
//   confines the process for good: from here on neither it nor a handler opens a file, makes a
//            socket or starts a program, and an attempt ends the process;
//   announces that it is ready (sd_notify(3));
//   serves   HTTP/1.1 and HTTP/2, plain and over TLS, with handlers on worker threads of their own;
//   drains   on a signal: finishes the answers under way, leaving those who wait to its successor.
//
// So what handlers need is opened before. `app` outlives the call and gets no routes during it. The
// arguments are those of `cloister serve`; --help lists them. Errors before "ready" are printed,
// each with its remedy, and returned as a status of sysexits(3); none is thrown.
int run(App& app, int argc, char** argv);

}  // namespace cloister
