// SPDX-License-Identifier: MIT
// The command line, checked and immutable.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cloister {

enum class Command : std::uint8_t { serve, check, policy, version, help };

struct Options {
    Command command = Command::serve;
    std::optional<std::string> site;         // the folder to publish
    std::vector<std::string> listen;         // by hand only: "ADDR:PORT" or a unix path
    std::size_t threads = 1;                 // loops
    std::chrono::seconds drain{};            // for answers begun before SIGTERM
    std::vector<std::string> allow_missing;  // defences whose absence is accepted
    bool json = false;                       // of `policy`
};

// Throws base::Failure (EX_USAGE) that names the argument and the remedy.
Options parse_options(int argc, const char* const* argv);

// What --help prints; fits a screen.
const char* help_text();

}  // namespace cloister
