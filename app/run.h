// SPDX-License-Identifier: MIT
// The story of the program, told in run.cpp: adopt, open the site, load the keys, confine,
// announce, serve, drain.
#pragma once

#include "program.h"

namespace cloister {

// The appliance: publishes --site, or without it the welcome page. It has no routes, so it needs no
// worker thread, and no cpp-httplib.
int run_appliance(int argc, char** argv);

// The same for a program with routes of its own: what cloister::run() of routes/cloister.h does.
int run_program(const Routes& routes, int argc, char** argv);

}  // namespace cloister
