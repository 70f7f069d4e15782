// SPDX-License-Identifier: MIT
#include "base/sealed_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace cloister::base {
namespace {

constexpr std::array<std::byte, 4> sample = {std::byte{1}, std::byte{0}, std::byte{0xff},
                                             std::byte{7}};
constexpr int all_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// A memfd with the sample and these seals.
Fd make_memfd(int seals) {
    Fd fd(check(::memfd_create("sample", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create"));
    EXPECT_EQ(::write(fd.get(), sample.data(), sample.size()), 4);
    check(::fcntl(fd.get(), F_ADD_SEALS, seals), "seal");
    return fd;
}

bool reads_sample(int fd) {
    std::array<std::byte, sample.size()> bytes{};
    return read_sealed(fd, bytes) && bytes == sample;
}

// The soft limit on the size of files, as it was again at the end of its scope.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        check(::getrlimit(RLIMIT_FSIZE, &before_), "getrlimit");
        const rlimit lowered = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        check(::setrlimit(RLIMIT_FSIZE, &lowered), "setrlimit");
    }

    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

// The errno of the attempt under that limit; 0 if it succeeds.
int error_under_limit(rlim_t limit_bytes) {
    const FileSizeLimit limit(limit_bytes);
    try {
        const Fd fd = seal_in_memory("limited", sample);
        return reads_sample(fd.get()) ? 0 : -1;
    } catch (const std::system_error& error) {
        return error.code().value();
    }
}

TEST(SealedMemory, GivesBackItsBytesHoweverOften) {
    const Fd fd = seal_in_memory("sample", sample);
    EXPECT_TRUE(reads_sample(fd.get()));
    EXPECT_TRUE(reads_sample(fd.get()));
}

TEST(SealedMemory, MayBeEmpty) {
    EXPECT_TRUE(read_sealed(seal_in_memory("empty", {}).get(), {}));
}

TEST(SealedMemory, CannotBeChangedByAnybody) {
    const Fd fd = seal_in_memory("sample", sample);
    EXPECT_EQ(::pwrite(fd.get(), "x", 1, 0), -1);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(::ftruncate(fd.get(), 3), -1);
    EXPECT_EQ(::ftruncate(fd.get(), 5), -1);
    EXPECT_EQ(::mmap(nullptr, 4, PROT_WRITE, MAP_SHARED, fd.get(), 0), MAP_FAILED);
    EXPECT_EQ(::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL), -1);
    EXPECT_TRUE(reads_sample(fd.get()));
}

TEST(SealedMemory, StaysOutOfOtherPrograms) {
    const Fd fd = seal_in_memory("sample", sample);
    EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SealedMemory, CannotBeExecutedWhereTheKernelHasThatSeal) {
    constexpr unsigned int no_exec_seal = 0x0008U;
    const Fd probe(::memfd_create("probe", MFD_CLOEXEC | no_exec_seal));
    const Fd fd = seal_in_memory("sample", sample);

    struct stat status {};

    check(::fstat(fd.get(), &status), "stat");
    const bool executable = (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
    EXPECT_EQ(executable, !probe);
}

TEST(SealedMemory, IsNotReadUnlessItHasThatSize) {
    const Fd fd = seal_in_memory("sample", sample);
    std::array<std::byte, sample.size() + 1> more{};
    std::array<std::byte, sample.size() - 1> less{};
    EXPECT_FALSE(read_sealed(fd.get(), more));
    EXPECT_FALSE(read_sealed(fd.get(), less));
}

TEST(SealedMemory, IsNotReadUnlessItHasAllSeals) {
    EXPECT_TRUE(reads_sample(make_memfd(all_seals).get()));
    EXPECT_FALSE(reads_sample(make_memfd(0).get()));
    for (const int seal : {F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE}) {
        EXPECT_FALSE(reads_sample(make_memfd(all_seals & ~seal).get())) << seal;
    }
}

TEST(SealedMemory, IsNothingElse) {
    const std::string path = ::testing::TempDir() + "sealed-" + std::to_string(::getpid());
    const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    ::unlink(path.c_str());
    ASSERT_EQ(::write(file.get(), sample.data(), sample.size()), 4);
    const Fd folder(::open("/", O_RDONLY | O_CLOEXEC));
    for (const int fd : {file.get(), folder.get(), -1}) {
        EXPECT_FALSE(reads_sample(fd)) << fd;
    }
}

TEST(SealedMemory, ReportsALimitOnFilesRatherThanDieOfIt) {
    EXPECT_EQ(error_under_limit(0), EFBIG);
    EXPECT_EQ(error_under_limit(sample.size() - 1), EFBIG);
    EXPECT_EQ(error_under_limit(sample.size()), 0);
    EXPECT_EQ(error_under_limit(4096), 0);
}

}  // namespace
}  // namespace cloister::base
