// SPDX-License-Identifier: MIT
// Challenges for one test, and a folder for them, which is gone with its owner.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/check.h"

namespace cloister::acme {

class TestFolder {
  public:
    TestFolder() : path_(std::filesystem::temp_directory_path() / "cloister-test-") {
        path_.append(6, 'X');  // mkdtemp(3) replaces them.
        base::check(::mkdtemp(path_.data()) == nullptr ? -1 : 0, "make " + path_);
    }

    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }

    [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

    void write(const std::string& name, const std::string& content) const;

  private:
    std::string path_;
};

// The answer to the challenge `token`.
std::string answer_to(const std::string& token);

}  // namespace cloister::acme
