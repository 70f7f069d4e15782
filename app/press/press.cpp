// SPDX-License-Identifier: MIT
#include "press/press.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "press/compose.h"
#include "press/describe.h"
#include "press/hosts.h"
#include "press/listings.h"
#include "press/new_file.h"
#include "press/reader.h"
#include "press/represent.h"
#include "press/rules.h"
#include "press/walk.h"
#include "site/image_file.h"

namespace cloister::press {

namespace {

std::vector<Draft> drafts_of(const std::string& folder, bool has_hosts,
                             const base::Progress& progress) {
    if (has_hosts) {
        return walk_hosts(folder, progress);
    }
    std::vector<Draft> drafts;
    drafts.push_back(walk(folder, progress));
    return drafts;
}

// What a folder became, but for its image, which is in the store.
struct Printed {
    std::vector<base::Fd> beside;
    std::vector<std::string> warnings;
};

// All steps, in their order.
Printed print(const std::string& folder, const Settings& settings, Store& store) {
    const base::Progress progress = settings.progress
                                        ? settings.progress
                                        : [](std::string_view, std::uint64_t, std::uint64_t) {};
    std::vector<Draft> drafts = drafts_of(folder, settings.has_hosts, progress);
    for (Draft& draft : drafts) {
        read_rules(draft);
        if (settings.conventions.listing) {
            add_listings(draft, store);
        }
        apply_conventions(draft, settings.conventions);
        check_redirects(draft);
    }
    read(drafts, store, settings.budget, progress);
    represent(drafts, store, settings.budget.site_bytes, progress);
    describe(drafts, store);
    for (Draft& draft : drafts) {
        settle_fields(draft);
    }
    Printed printed{.beside = compose(drafts, store), .warnings = {}};
    for (Draft& draft : drafts) {
        std::move(draft.warnings.begin(), draft.warnings.end(),
                  std::back_inserter(printed.warnings));
    }
    return printed;
}

// The open image, if `path` is that of a file.
base::Fd image_at(const std::string& path) {
    base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file && errno == EACCES) {
        refuse_unreadable(path, errno);
    }

    struct stat status {};

    const bool is_file = file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
    return is_file ? std::move(file) : base::Fd();
}

// It would be a file of the site that it is an image of. A link at its path does not count: the
// image takes its place.
void refuse_inside(const std::string& folder, const std::string& image) {
    std::error_code ignored;
    const auto outer = std::filesystem::canonical(folder, ignored);
    const auto inner = std::filesystem::canonical(
        std::filesystem::absolute(image, ignored).parent_path(), ignored);
    const auto [end, unused] =
        std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
    if (!outer.empty() && end == outer.end()) {
        throw base::Failure(EX_USAGE,
                            image + " lies in the site itself; name a file outside of " + folder);
    }
}

// The same for hosts whose folders are elsewhere, behind links.
void refuse_inside_hosts(const std::string& folder, const std::string& image) {
    for (const std::string& name : names_in_folder(folder)) {
        if (!name.starts_with('.')) {
            refuse_inside(std::filesystem::path(folder) / name, image);
        }
    }
}

}  // namespace

Pressed open_site(const std::string& path, const Settings& settings) {
    base::Fd image = image_at(path);
    if (image && settings.has_hosts) {
        throw base::Failure(EX_USAGE,
                            path +
                                " is a file; --sites takes a folder, and --site an image, "
                                "of several sites, too");
    }
    if (image) {
        if (settings.conventions.listing || settings.conventions.single_page) {
            throw base::Failure(EX_USAGE, path +
                                              " is an image already: --listing and --single-page "
                                              "are for cloister pack");
        }
        return {.site = site::open_image(std::move(image), path), .warnings = {}};
    }
    Store store;
    Printed printed = print(path, settings, store);
    ::malloc_trim(0);  // The drafts are gone, but their memory would stay.
    site::Region bytes = store.region();
    return {.site = {std::move(bytes), base::Fd(), std::move(printed.beside), path},
            .warnings = std::move(printed.warnings)};
}

Pressed pack(const std::string& folder, const std::string& image, Settings settings) {
    refuse_inside(folder, image);
    if (settings.has_hosts) {
        refuse_inside_hosts(folder, image);
    }
    NewFile file(image);
    settings.budget = unbounded;
    Store store(file.duplicate(), file.name());
    Printed printed = print(folder, settings, store);
    Pressed packed{.site = site::open_image(store.file(), file.name()),
                   .warnings = std::move(printed.warnings)};
    file.publish();
    return packed;
}

}  // namespace cloister::press
