// SPDX-License-Identifier: MIT
// A folder, opened whole: every path that will ever be answered, known before confinement.
// Immutable afterwards, so the loops share it without locks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "site/asset.h"

namespace cloister::site {

// What stands at a path.
struct Entry {
    const Asset* asset = nullptr;
    bool redirect = false;  // a folder asked for without its slash: the asset is at path + "/"
};

class Site {
  public:
    // Opens every file below the folder `root`. Left away, each with a line in warnings(): links
    // that lead out of the root or nowhere, folders that contain themselves, and what is neither
    // file nor folder. Names that begin with a dot are private and left away silently, but for
    // /.well-known (RFC 8615). Throws std::system_error or base::Failure, naming the path and the
    // remedy, if something cannot be read.
    static Site open(const std::string& root);

    // What stands at a decoded path; null for nothing. Exact: no case or spelling is guessed.
    [[nodiscard]] const Entry* find(std::string_view path) const;

    // /404.html; null if there is none.
    [[nodiscard]] const Asset* not_found_page() const;

    [[nodiscard]] std::size_t file_count() const { return assets_.size(); }

    // The descriptors of large files, which stay open under confinement.
    [[nodiscard]] std::vector<int> descriptors() const;

    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    friend class Walk;

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    std::vector<std::unique_ptr<Asset>> assets_;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
    std::vector<std::string> warnings_;
};

}  // namespace cloister::site
