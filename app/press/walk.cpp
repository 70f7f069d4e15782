// SPDX-License-Identifier: MIT
#include "press/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "press/beneath.h"
#include "press/rules.h"

namespace cloister::press {

namespace limits = base::limits;

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

base::Fd open_folder(const std::string& root) {
    base::Fd directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        if (errno == EACCES) {
            refuse_unreadable(root, errno);
        }
        throw base::Failure(EX_NOINPUT, "cannot open the site " + root + ": " +
                                            std::generic_category().message(errno) +
                                            "; name a folder, or what cloister pack has made");
    }
    return directory;
}

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
    return (name.starts_with('.') && !(folder == "/" && name == ".well-known")) ||
           is_rules_file(folder + name);
}

// A date must not lie in the future (RFC 9110 8.8.2.1), and file systems keep some that HTTP has no
// words for.
std::chrono::sys_seconds presentable(std::time_t modified) {
    using std::chrono::sys_seconds;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return std::clamp(sys_seconds(std::chrono::seconds(modified)), sys_seconds(), now);
}

// One walk over the tree, from the root down.
class Walk {
  public:
    Walk(Draft& draft, const base::Progress& progress) : draft_(draft), progress_(progress) {}

    void run() {
        struct stat status {};

        base::check(::fstat(draft_.root.get(), &status), "look at " + draft_.shown);
        base::Fd listed = open_beneath(draft_.root.get(), ".");
        base::check(listed.get(), "enter " + draft_.shown);
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
            throw base::Failure(EX_CONFIG, draft_.shown + folder + " is nested deeper than " +
                                               std::to_string(limits::site_depth) + " folders");
        }
        if (!seen_.insert(identity).second && ++repeated_count_ > limits::repeated_folder_count) {
            throw base::Failure(EX_CONFIG, "links between the folders of " + draft_.shown +
                                               " multiply them: more than " +
                                               std::to_string(limits::repeated_folder_count) +
                                               " are there again, the last as " + folder);
        }
        path_.push_back(identity);
        draft_.folders.push_back({folder, presentable(status.st_mtim.tv_sec)});
        for (const std::string& name : names_in(std::move(directory), draft_.shown + folder)) {
            if (name != "." && name != ".." && !is_private(folder, name)) {
                visit(folder + name);
            }
        }
        path_.pop_back();
    }

    // A plain file is opened once only, when it is read.
    void visit(const std::string& path) {
        const std::string below = path.substr(1);
        progress_("looking for files", draft_.assets.size(), 0);

        struct stat status {};

        if (::fstatat(draft_.root.get(), below.c_str(), &status, AT_SYMLINK_NOFOLLOW) == -1) {
            note_unopened(path, errno);
            return;
        }
        base::Fd opened;
        if (S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode)) {
            opened = open_beneath(draft_.root.get(), below);
            if (!opened) {
                note_unopened(path, errno);
                return;
            }
            base::check(::fstat(opened.get(), &status), "look at " + draft_.shown + path);
        }
        if (S_ISDIR(status.st_mode)) {
            enter_folder(std::move(opened), path + "/", status);
        } else if (S_ISREG(status.st_mode)) {
            add_file(path, status);
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
            default:
                refuse_unreadable(draft_.shown + path, error);
        }
    }

    void add_file(const std::string& path, const struct stat& status) {
        if (draft_.assets.size() == limits::site_file_count) {
            throw base::Failure(EX_CONFIG, "more than " + std::to_string(limits::site_file_count) +
                                               " files in " + draft_.shown +
                                               "; do links between its folders multiply them?");
        }
        Representation own{
            .content = UnreadFile{path.substr(1), static_cast<std::uint64_t>(status.st_size)},
            .entity_tag = {},
            .modified = presentable(status.st_mtim.tv_sec)};
        Asset asset{.path = path, .representations = {}};
        asset.representations.push_back(std::move(own));
        Answer answer;
        answer.asset = draft_.assets.size();
        draft_.paths.emplace(path, std::move(answer));
        draft_.assets.push_back(std::move(asset));
    }

    void warn(const std::string& path, const std::string& what) {
        draft_.warnings.push_back(draft_.shown + path + " " + what + ", ignoring");
    }

    Draft& draft_;
    const base::Progress& progress_;
    std::vector<std::pair<dev_t, ino_t>> path_;  // the folders we are in
    std::set<std::pair<dev_t, ino_t>> seen_;     // those that we have been in
    std::size_t repeated_count_ = 0;
};

}  // namespace

void refuse_unreadable(const std::string& shown, int error) {
    throw base::Failure(
        EX_NOPERM, "cannot read " + shown + ": " + std::generic_category().message(error) +
                       "; let the service's user read it (chmod o+r for files, o+rx for folders)");
}

std::vector<std::string> names_in_folder(const std::string& root) {
    return names_in(open_folder(root), root);
}

Draft walk(const std::string& root, const base::Progress& progress) {
    Draft draft;
    draft.root = open_folder(root);
    draft.shown = root;
    while (draft.shown.size() > 1 && draft.shown.ends_with('/')) {
        draft.shown.pop_back();
    }
    Walk(draft, progress).run();
    return draft;
}

}  // namespace cloister::press
