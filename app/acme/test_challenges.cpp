// SPDX-License-Identifier: MIT
#include "acme/test_challenges.h"

#include <fstream>

namespace cloister::acme {

void TestFolder::write(const std::string& name, const std::string& content) const {
    std::ofstream file(at(name));
    file << content;
    base::check(file.flush() ? 0 : -1, "write " + name);
}

std::string answer_to(const std::string& token) {
    return token + ".9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
}

}  // namespace cloister::acme
