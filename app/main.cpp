// SPDX-License-Identifier: MIT
// The program: a site, or a welcome page, served by the same story that C++ programs with routes of
// their own use.
#include "run.h"

int main(int argc, char** argv) {
    return cloister::run_appliance(argc, argv);
}
