// SPDX-License-Identifier: MIT
// The story of the program, told in run.cpp: adopt, open the site, load the
// keys, confine, announce, serve, drain.
#pragma once

namespace cloister {

// The appliance: publishes --site, or without it the welcome page. Like cloister::run()
// (cloister.h), but with no routes of its own, so that a site needs no worker thread.
int run_appliance(int argc, char** argv);

}  // namespace cloister
