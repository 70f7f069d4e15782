// SPDX-License-Identifier: MIT
// What a site that cannot be opened says: the path, and the remedy.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <functional>

#include "base/limits.h"
#include "base/test_folder.h"
#include "press/press.h"

namespace cloister::press {
namespace {

struct Complaint {
    int exit_status = 0;  // of sysexits(3); 0 if there was none
    std::string text;
};

// Opens `root` in a child process that has called `prepare`, which may give up what this one needs.
Complaint complaint_after(const std::function<void()>& prepare, const std::string& root,
                          const Settings& settings = {}) {
    std::array<int, 2> ends{};
    base::check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
    const base::Fd reading(ends[0]);
    base::Fd writing(ends[1]);
    const pid_t child = base::check(::fork(), "fork");
    if (child == 0) {
        int status = EX_SOFTWARE;
        std::string text;
        try {
            prepare();
            open_site(root, settings);
            status = 0;
        } catch (const base::Failure& failure) {
            status = failure.exit_status();
            text = failure.what();
        } catch (const std::exception& error) {
            text = error.what();
        }
        [[maybe_unused]] const ssize_t written = ::write(writing.get(), text.data(), text.size());
        ::_exit(status);
    }
    writing = base::Fd();
    Complaint complaint;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(reading.get(), buffer.data(), buffer.size());
    complaint.text.assign(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    int status = 0;
    base::check(::waitpid(child, &status, 0), "wait for the child");
    EXPECT_TRUE(WIFEXITED(status)) << "the child died of signal " << WTERMSIG(status);
    complaint.exit_status = WEXITSTATUS(status);
    return complaint;
}

// Root reads everything, so root becomes nobody.
void give_up_root() {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0) {
        base::check(::setresgid(nobody, nobody, nobody), "change the group");
        base::check(::setresuid(nobody, nobody, nobody), "change the user");
    }
}

void expect_unreadable(const base::TestFolder& folder, const std::string& path) {
    const Complaint complaint = complaint_after(give_up_root, folder.path());
    EXPECT_EQ(complaint.exit_status, EX_NOPERM);
    EXPECT_EQ(complaint.text, "cannot read " + path +
                                  ": Permission denied; let the service's user read it "
                                  "(chmod o+r for files, o+rx for folders)");
}

TEST(SiteRefusal, IsAbsentForAReadableSite) {
    const base::TestFolder folder;
    folder.write("a/b.txt", "b");
    EXPECT_EQ(complaint_after(give_up_root, folder.path()).exit_status, 0);
}

TEST(SiteRefusal, NamesAFileThatCannotBeRead) {
    const base::TestFolder folder;
    folder.write("a/secret.txt", "x");
    base::check(::chmod(folder.at("a/secret.txt").c_str(), 0), "chmod");
    expect_unreadable(folder, folder.at("a/secret.txt"));
}

TEST(SiteRefusal, NamesAFolderThatCannotBeListed) {
    const base::TestFolder folder;
    folder.write("a/b.txt", "b");
    base::check(::chmod(folder.at("a").c_str(), 0711), "chmod");
    expect_unreadable(folder, folder.at("a"));
    base::check(::chmod(folder.at("a").c_str(), 0755), "chmod");
}

TEST(SiteRefusal, NamesTheFirstFileOfAFolderThatCannotBeEntered) {
    const base::TestFolder folder;
    folder.write("a/b.txt", "b");
    base::check(::chmod(folder.at("a").c_str(), 0744), "chmod");
    expect_unreadable(folder, folder.at("a/b.txt"));
    base::check(::chmod(folder.at("a").c_str(), 0755), "chmod");
}

TEST(SiteRefusal, NamesARootThatCannotBeRead) {
    const base::TestFolder folder;
    base::check(::chmod(folder.path().c_str(), 0700), "chmod");
    expect_unreadable(folder, folder.path());
}

// Its visitors would be sent to the site of all others.
TEST(SiteRefusal, NamesAHostThatCannotBeLookedAt) {
    const base::TestFolder folder;
    const base::TestFolder closed;
    folder.write("_default/index.html", "others");
    closed.write("site/index.html", "own");
    folder.link("example.org", closed.at("site"));
    base::check(::chmod(closed.path().c_str(), 0700), "close the folder");
    const Complaint complaint = complaint_after(give_up_root, folder.path(), {.has_hosts = true});
    EXPECT_EQ(complaint.exit_status, EX_NOPERM);
    EXPECT_TRUE(complaint.text.starts_with("cannot read " + folder.at("example.org") +
                                           ": Permission denied"))
        << complaint.text;
}

TEST(SiteRefusal, NamesTheTargetlessLinkNotAsUnreadable) {
    const base::TestFolder folder;
    folder.link("a", "b");
    EXPECT_EQ(complaint_after(give_up_root, folder.path()).exit_status, 0);
}

TEST(SiteRefusal, NamesARootThatIsNoFolder) {
    const base::TestFolder folder;

    struct Case {
        std::string root;
        std::string reason;
    };

    for (const Case& row :
         {Case{folder.at("missing"), "No such file or directory"},
          Case{"/dev/null", "Not a directory"}, Case{"", "No such file or directory"}}) {
        const Complaint complaint = complaint_after([] {}, row.root);
        EXPECT_EQ(complaint.exit_status, EX_NOINPUT);
        EXPECT_EQ(complaint.text, "cannot open the site " + row.root + ": " + row.reason +
                                      "; name a folder, or what cloister pack has made");
    }
}

TEST(SiteRefusal, NamesTheLimitWhenLargeFilesTakeEveryDescriptor) {
    const base::TestFolder folder;
    for (int index = 10; index < 40; ++index) {
        folder.write_sparse(std::to_string(index), base::limits::memory_file_bytes + 1);
    }
    const auto have_few_descriptors = [] {
        // UBSan looks at the first object of a type through a pipe, for which none will be left.
        const base::Failure looked_at(EX_OK, "");
        const rlimit limit{.rlim_cur = 24, .rlim_max = 24};
        base::check(::setrlimit(RLIMIT_NOFILE, &limit), "limit the descriptors");
    };
    const Complaint complaint = complaint_after(have_few_descriptors, folder.path());
    EXPECT_EQ(complaint.exit_status, EX_CONFIG);
    EXPECT_EQ(complaint.text.find("too many large files, of which each needs a descriptor: at " +
                                  folder.path() + "/"),
              0U)
        << complaint.text;
    EXPECT_NE(complaint.text.find("raise LimitNOFILE= in the service, or ulimit -n"),
              std::string::npos)
        << complaint.text;
}

TEST(SiteRefusal, WritesTheRootWithoutItsLastSlashes) {
    const base::TestFolder folder;
    folder.write("a.txt", "x");
    base::check(::chmod(folder.at("a.txt").c_str(), 0), "chmod");
    const Complaint complaint = complaint_after(give_up_root, folder.path() + "//");
    EXPECT_EQ(complaint.text.find("cannot read " + folder.at("a.txt") + ":"), 0U) << complaint.text;
}

}  // namespace
}  // namespace cloister::press
