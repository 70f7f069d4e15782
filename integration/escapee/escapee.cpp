// SPDX-License-Identifier: MIT
// The server with routes that try to break out of it: one for each attempt of the audit's table,
// made on a worker thread. The cases of test_escape.py run it under the shipped unit, in its root
// folder; it is never installed.
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "run.h"
#include "sandbox/audit/attempt.h"

namespace {

using cloister::sandbox::audit::Attempt;
using cloister::sandbox::audit::Stage;

cloister::Outcome say(std::string text) {
    cloister::http::Response response;
    response.body = std::move(text);
    return {std::move(response), {}};
}

class Drill {
  public:
    Drill() : stage_(through_, "/tmp/escapee"), attempts_(cloister::sandbox::audit::attempts()) {
        // The stage stays empty: run_program() would close what this program opened. So a permitted
        // call finds no descriptor, and every other one ends the process.
        stage_.neighbour = 1;
        stage_.own_group = true;
    }

    cloister::Outcome answer(std::string_view path) {
        constexpr std::string_view prefix = "/escape/";
        if (path == "/escapes") {
            return say(names());
        }
        if (path == "/escape/nothing") {
            return say("escaped");
        }
        for (const Attempt& attempt : attempts_) {
            if (path.starts_with(prefix) && path.substr(prefix.size()) == attempt.name) {
                return say(try_out(attempt));
            }
        }
        return {};
    }

  private:
    [[nodiscard]] std::string names() const {
        std::string lines;
        for (const Attempt& attempt : attempts_) {
            lines += std::string(attempt.name) + '\n';
        }
        return lines;
    }

    // What came of it, if anybody is left to tell.
    std::string try_out(const Attempt& attempt) {
        const bool failed = attempt.deed(stage_) == -1;
        const int error = errno;
        return failed ? std::string("denied: ") + std::strerror(error) : "succeeded";
    }

    std::atomic<bool> through_ = false;
    Stage stage_;
    std::vector<Attempt> attempts_;
};

}  // namespace

int main(int argc, char** argv) {
    Drill drill;
    return cloister::run_program(
        [&drill](const cloister::http::Request& request) { return drill.answer(request.path); },
        argc, argv);
}
