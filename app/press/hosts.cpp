// SPDX-License-Identifier: MIT
#include "press/hosts.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "http/fields.h"
#include "http/target.h"
#include "press/walk.h"

namespace cloister::press {

namespace {

constexpr const char* default_folder = "_default";

// As Site::host_of() looks for it: in lower case, and without the dot that a complete name may end
// in. Nothing if no request could name it. Names of other alphabets are asked for as xn--.
std::optional<std::string> host_named(const std::string& folder) {
    if (folder == default_folder) {
        return "";
    }
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._";
    std::string host = http::lower_case(folder);
    const bool is_address = host.starts_with('[') && host.ends_with(']');
    if (!http::is_authority(host) || host.ends_with('.') ||
        (!is_address && host.find_first_not_of(allowed) != std::string::npos)) {
        return std::nullopt;
    }
    return host;
}

class Hosts {
  public:
    Hosts(const std::string& root, const base::Progress& progress)
        : root_(root), progress_(progress) {}

    std::vector<Draft> run() {
        for (const std::string& name : names_in_folder(root_)) {
            if (!name.starts_with('.')) {
                visit(name);
            }
        }
        if (drafts_.empty()) {
            throw base::Failure(EX_CONFIG, root_ +
                                               " has no folder that is named after a host, such as "
                                               "example.org or _default; --sites needs one");
        }
        drafts_.front().warnings.insert(drafts_.front().warnings.begin(), warnings_.begin(),
                                        warnings_.end());
        return std::move(drafts_);
    }

  private:
    void visit(const std::string& name) {
        const std::string shown = root_ + "/" + name;

        struct stat status {};

        const bool is_there = ::stat(shown.c_str(), &status) == 0;
        if (!is_there && errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
            refuse_unreadable(shown, errno);
        }
        if (!is_there || !S_ISDIR(status.st_mode)) {
            warnings_.push_back(shown + " is no folder, ignoring");
            return;
        }
        const std::optional<std::string> host = host_named(name);
        if (!host) {
            warnings_.push_back(shown + " is no name of a host that could be asked for, ignoring");
            return;
        }
        const auto [known, is_new] = folder_of_.emplace(*host, shown);
        if (!is_new) {
            throw base::Failure(EX_CONFIG, known->second + " and " + shown +
                                               " are for one host; take one of them away");
        }
        add(*host, shown, {status.st_dev, status.st_ino});
    }

    void add(const std::string& host, const std::string& shown,
             const std::pair<dev_t, ino_t>& identity) {
        const auto [known, is_new] = draft_of_.emplace(identity, drafts_.size());
        if (!is_new) {
            drafts_[known->second].aliases.push_back(host);
            return;
        }
        Draft draft = walk(shown, progress_);
        draft.host = host;
        drafts_.push_back(std::move(draft));
    }

    const std::string& root_;
    const base::Progress& progress_;
    std::vector<Draft> drafts_;
    std::vector<std::string> warnings_;
    std::map<std::string, std::string> folder_of_;             // by host
    std::map<std::pair<dev_t, ino_t>, std::size_t> draft_of_;  // by folder
};

}  // namespace

std::vector<Draft> walk_hosts(const std::string& root, const base::Progress& progress) {
    std::string shown = root;
    while (shown.size() > 1 && shown.ends_with('/')) {
        shown.pop_back();
    }
    return Hosts(shown, progress).run();
}

}  // namespace cloister::press
