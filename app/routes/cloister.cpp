// SPDX-License-Identifier: MIT
#include "routes/cloister.h"

#include "run.h"

namespace cloister {

int run(App& app, int argc, char** argv) {
    return run_program([&app](const http::Request& request) { return app.answer(request); }, argc,
                       argv);
}

}  // namespace cloister
