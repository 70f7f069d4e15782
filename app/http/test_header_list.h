// SPDX-License-Identifier: MIT
// Header lists as tests write them, and what the HTTP/2 gate makes of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "http/header_block.h"

namespace cloister::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The request's views point into the block, also after a move.
struct JudgedList {
    HeaderBlock block;
    Request request;
    BlockFraming framing;
    int status = 0;
};

inline JudgedList judge(const HeaderList& list, bool secure = true) {
    JudgedList judged;
    for (const auto& [name, value] : list) {
        judged.block.add(name, value);
    }
    judged.status = judged.block.finish(secure, judged.request, judged.framing);
    return judged;
}

}  // namespace cloister::http
