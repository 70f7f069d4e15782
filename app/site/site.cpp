// SPDX-License-Identifier: MIT
#include "site/site.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "site/beneath.h"

namespace cloister::site {

namespace limits = base::limits;

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

// In byte order, so that two walks of one tree are alike.
std::vector<std::string> names_in(base::Fd directory, const std::string& shown) {
    const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(directory.get()));
    if (stream == nullptr) {
        throw std::system_error(errno, std::generic_category(), "list " + shown);
    }
    (void)directory.release();  // The stream closes it.
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe)
        names.emplace_back(static_cast<const char*>(entry->d_name));
    }
    if (errno != 0) {
        throw std::system_error(errno, std::generic_category(), "list " + shown);
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool is_private(const std::string& folder, const std::string& name) {
    return name.starts_with('.') && !(folder == "/" && name == ".well-known");
}

[[noreturn]] void refuse_unreadable(const std::string& shown, int error) {
    throw base::Failure(
        EX_NOPERM, "cannot read " + shown + ": " + std::generic_category().message(error) +
                       "; let the service's user read it (chmod o+r for files, o+rx for folders)");
}

}  // namespace

// One walk over the tree, from the root down.
class Walk {
  public:
    Walk(Site& site, std::string shown_root, base::Fd root)
        : site_(site), shown_root_(std::move(shown_root)), root_(std::move(root)) {}

    void run() {
        struct stat status {};

        base::check(::fstat(root_.get(), &status), "look at " + shown_root_);
        base::Fd listed = open_beneath(root_.get(), ".");
        base::check(listed.get(), "enter " + shown_root_);
        enter_folder(std::move(listed), "/", status);
    }

  private:
    // Visits `folder`, which begins and ends with '/'.
    void enter_folder(base::Fd directory, const std::string& folder, const struct stat& status) {
        const std::pair<dev_t, ino_t> identity(status.st_dev, status.st_ino);
        if (std::find(path_.begin(), path_.end(), identity) != path_.end()) {
            warn(folder, "leads back to a folder it is in");
            return;
        }
        if (path_.size() == limits::site_depth) {
            throw base::Failure(EX_CONFIG, shown_root_ + folder + " is nested deeper than " +
                                               std::to_string(limits::site_depth) + " folders");
        }
        path_.push_back(identity);
        for (const std::string& name : names_in(std::move(directory), shown_root_ + folder)) {
            if (name != "." && name != ".." && !is_private(folder, name)) {
                visit(folder, name);
            }
        }
        path_.pop_back();
    }

    void visit(const std::string& folder, const std::string& name) {
        const std::string path = folder + name;
        base::Fd opened = open_beneath(root_.get(), path.substr(1));
        if (!opened) {
            note_unopened(path, errno);
            return;
        }

        struct stat status {};

        base::check(::fstat(opened.get(), &status), "look at " + shown_root_ + path);
        if (S_ISDIR(status.st_mode)) {
            enter_folder(std::move(opened), path + "/", status);
        } else if (S_ISREG(status.st_mode)) {
            add_file(folder, name, std::move(opened), static_cast<std::uint64_t>(status.st_size));
        } else {
            warn(path, "is neither a file nor a folder");
        }
    }

    void note_unopened(const std::string& path, int error) {
        switch (error) {
            case EXDEV:
                warn(path, "is a link that leads out of the site");
                break;
            case ENOENT:
            case ENOTDIR:
                warn(path, "is a link that leads nowhere");
                break;
            case ELOOP:
                warn(path, "is a link that leads in a circle");
                break;
            case ENXIO:
                warn(path, "is neither a file nor a folder");
                break;
            case EMFILE:
            case ENFILE:
                throw base::Failure(
                    EX_CONFIG,
                    "too many large files, of which each needs a descriptor: at " + shown_root_ +
                        path +
                        " there were no more; raise LimitNOFILE= in the service, or ulimit -n");
            default:
                refuse_unreadable(shown_root_ + path, error);
        }
    }

    void add_file(const std::string& folder, const std::string& name, base::Fd file,
                  std::uint64_t size) {
        if (site_.assets_.size() == limits::site_file_count) {
            throw base::Failure(EX_CONFIG, "more than " + std::to_string(limits::site_file_count) +
                                               " files in " + shown_root_ +
                                               "; do links between its folders multiply them?");
        }
        const bool fits =
            size <= limits::memory_file_bytes && in_memory_ + size <= limits::memory_site_bytes;
        auto asset = std::make_unique<Asset>(std::move(file), shown_root_ + folder + name, name,
                                             fits ? limits::memory_file_bytes : 0);
        in_memory_ += fits ? size : 0;
        site_.entries_[folder + name] = {.asset = asset.get()};
        if (name == "index.html") {
            site_.entries_[folder] = {.asset = asset.get()};
            if (folder != "/") {
                site_.entries_[folder.substr(0, folder.size() - 1)] = {.asset = asset.get(),
                                                                       .redirect = true};
            }
        }
        site_.assets_.push_back(std::move(asset));
    }

    void warn(const std::string& path, const std::string& what) {
        site_.warnings_.push_back(shown_root_ + path + " " + what + ", ignoring");
    }

    Site& site_;
    std::string shown_root_;
    base::Fd root_;
    std::vector<std::pair<dev_t, ino_t>> path_;  // the folders we are in
    std::uint64_t in_memory_ = 0;                // bytes
};

Site Site::open(const std::string& root) {
    base::Fd directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        if (errno == EACCES) {
            refuse_unreadable(root, errno);
        }
        throw base::Failure(EX_NOINPUT, "cannot open the site " + root + ": " +
                                            std::generic_category().message(errno) +
                                            "; --site names a folder");
    }
    std::string shown = root;
    while (shown.size() > 1 && shown.ends_with('/')) {
        shown.pop_back();
    }
    Site site;
    Walk(site, shown, std::move(directory)).run();
    return site;
}

const Entry* Site::find(std::string_view path) const {
    const auto found = entries_.find(path);
    return found == entries_.end() ? nullptr : &found->second;
}

const Asset* Site::not_found_page() const {
    const Entry* const entry = find("/404.html");
    return entry == nullptr ? nullptr : entry->asset;
}

std::vector<int> Site::descriptors() const {
    std::vector<int> all;
    for (const std::unique_ptr<Asset>& asset : assets_) {
        if (asset->descriptor() >= 0) {
            all.push_back(asset->descriptor());
        }
    }
    return all;
}

}  // namespace cloister::site
