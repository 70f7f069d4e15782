// SPDX-License-Identifier: MIT
// A folder for one test to fill: readable by everybody, gone with its owner.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "base/check.h"
#include "base/fd.h"

namespace cloister::base {

class TestFolder {
  public:
    TestFolder() : path_(std::filesystem::temp_directory_path() / "cloister-test-") {
        path_.append(6, 'X');  // mkdtemp(3) replaces them.
        check(::mkdtemp(path_.data()) == nullptr ? -1 : 0, "make " + path_);
        check(::chmod(path_.c_str(), 0755), "open up " + path_);
    }

    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }

    // `name` is relative to the folder, here and below. Folders on the way are made.
    void write(const std::string& name, std::string_view content) const {
        add_folder(std::filesystem::path(name).parent_path());
        const Fd file = open(name, O_WRONLY | O_CREAT | O_TRUNC);
        check(::write(file.get(), content.data(), content.size()), "write " + name);
    }

    // A file of `bytes` zeros that takes no space.
    void write_sparse(const std::string& name, off_t bytes) const {
        write(name, "");
        check(::truncate(at(name).c_str(), bytes), "lengthen " + name);
    }

    void add_folder(const std::string& name) const {
        std::filesystem::create_directories(at(name));
    }

    void link(const std::string& name, const std::string& target) const {
        check(::symlink(target.c_str(), at(name).c_str()), "link " + name);
    }

    [[nodiscard]] Fd open(const std::string& name, int flags = O_RDONLY) const {
        return Fd(check(::open(at(name).c_str(), flags | O_CLOEXEC, 0644), name));
    }

    [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

}  // namespace cloister::base
