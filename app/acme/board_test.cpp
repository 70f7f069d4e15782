// SPDX-License-Identifier: MIT
// What the writer puts up is what the server reads, whole, from the next look on.
#include "acme/board.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "acme/board_writer.h"
#include "acme/test_challenges.h"
#include "base/check.h"
#include "base/fd.h"
#include "base/test_folder.h"

namespace cloister::acme {
namespace {

using Strings = std::vector<std::string>;

class BoardFile : public ::testing::Test {
  protected:
    [[nodiscard]] BoardWriter writer() const { return BoardWriter::open(path_); }

    [[nodiscard]] Board board() const { return Board::open(path_); }

    // The exit status with which the file is refused; 0 if it is not.
    [[nodiscard]] int refusal() const {
        try {
            (void)board();
        } catch (const base::Failure& failure) {
            EXPECT_NE(std::string(failure.what()).find(path_), std::string::npos);
            return failure.exit_status();
        }
        return 0;
    }

    base::TestFolder folder_;
    std::string path_ = folder_.at("board");
};

TEST_F(BoardFile, IsEmptyWhenItIsNew) {
    EXPECT_TRUE(writer().is_new());
    EXPECT_FALSE(board().find("token"));
    EXPECT_FALSE(writer().is_new());
}

TEST_F(BoardFile, ShowsAtOnceWhatIsPutUpAfterItWasOpened) {
    BoardWriter writer = this->writer();
    const Board board = this->board();
    for (const Strings& tokens : {Strings{"first"}, Strings{"second", "third"}, Strings{}}) {
        Strings answers;
        for (const std::string& token : tokens) {
            answers.push_back(answer_to(token));
        }
        writer.show(answers);
        for (const std::string token : {"first", "second", "third"}) {
            const bool is_up = std::find(tokens.begin(), tokens.end(), token) != tokens.end();
            EXPECT_EQ(board.find(token).value_or("none"), is_up ? answer_to(token) : "none");
        }
    }
}

TEST_F(BoardFile, HasRoomForTheMostAndForTheLongest) {
    Strings answers;
    for (std::size_t number = 0; number < base::limits::challenge_count; ++number) {
        std::string token = std::to_string(number);
        token.append(base::limits::challenge_token_bytes - token.size(), 'x');
        answers.push_back(answer_to(token));
    }
    writer().show(answers);
    const Board board = this->board();
    for (const std::string& answer : answers) {
        EXPECT_EQ(board.find(answer.substr(0, answer.find('.'))), answer);
    }
}

TEST_F(BoardFile, FindsWholeTokensAlone) {
    writer().show(Strings{answer_to("token")});
    for (const char* const other :
         {"", "toke", "tokens", "Token", "token.", "../token", "token/"}) {
        EXPECT_FALSE(board().find(other)) << other;
    }
}

TEST_F(BoardFile, KeepsWhatIsUpWhenItsWriterComesAgain) {
    writer().show(Strings{answer_to("token")});
    const BoardWriter again = writer();
    EXPECT_TRUE(board().find("token"));
}

TEST_F(BoardFile, HasOneWriterAtATime) {
    const BoardWriter first = writer();
    try {
        (void)writer();
        ADD_FAILURE() << "a second writer was let in";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_TEMPFAIL);
    }
}

// A writer that is killed in the middle of a page leaves the other page in force.
TEST_F(BoardFile, IsWholeWhateverAWriterLeavesUnfinished) {
    writer().show(Strings{answer_to("token")});
    const base::Fd file(base::check(::open(path_.c_str(), O_RDWR | O_CLOEXEC), path_));
    const MappedBoard memory = map_board(file.get(), PROT_READ | PROT_WRITE);
    for (Slot& slot : memory->pages[(memory->count + 1) % 2]) {
        slot[0].store(~std::uint64_t{0});
    }
    EXPECT_EQ(board().find("token"), answer_to("token"));
    writer().show(Strings{answer_to("another")});
    EXPECT_EQ(board().find("another"), answer_to("another"));
    EXPECT_FALSE(board().find("token"));
}

// A full board, on which "stays" has this place.
Strings full_board(std::size_t place) {
    Strings answers(base::limits::challenge_count, answer_to("filler"));
    answers[place] = answer_to("stays");
    return answers;
}

// What stays up is found at every look, although each change puts it into another slot. Of three
// states, because with two of them each page would hold the same one again and again.
TEST_F(BoardFile, IsReadWholeWhileItIsWritten) {
    const std::array states = {full_board(0), full_board(100),
                               full_board(base::limits::challenge_count - 1)};
    BoardWriter writer = this->writer();
    writer.show(states[0]);
    std::atomic<bool> is_over = false;
    std::thread changes([&] {
        for (std::size_t round = 1; round < 3000; ++round) {
            writer.show(states[round % states.size()]);
            if (round % 4 == 0) {
                // A reader gives up a writer that never pauses.
                std::this_thread::sleep_for(std::chrono::microseconds(500));
            }
        }
        is_over = true;
    });
    const Board board = this->board();
    std::size_t missed = 0;
    while (!is_over) {
        missed += board.find("stays") == answer_to("stays") ? 0 : 1;
    }
    changes.join();
    EXPECT_EQ(missed, 0U);
}

TEST_F(BoardFile, OfAnotherVersionGivesWayAndStaysWholeForWhoMappedIt) {
    writer().show(Strings{answer_to("old")});
    const Board old = board();
    const base::Fd file(base::check(::open(path_.c_str(), O_RDWR | O_CLOEXEC), path_));
    map_board(file.get(), PROT_READ | PROT_WRITE)->format.store(1);
    EXPECT_EQ(refusal(), EX_CONFIG);
    EXPECT_TRUE(writer().is_new());
    EXPECT_EQ(refusal(), 0);
    EXPECT_FALSE(board().find("old"));
    EXPECT_TRUE(old.find("old"));
}

TEST_F(BoardFile, IsRefusedIfItIsNone) {
    EXPECT_EQ(refusal(), EX_NOINPUT);
    folder_.write("board", "text");
    EXPECT_EQ(refusal(), EX_CONFIG);
    base::check(::truncate(path_.c_str(), sizeof(BoardMemory)), path_);
    EXPECT_EQ(refusal(), EX_CONFIG);
    (void)writer();
    EXPECT_EQ(refusal(), 0);
    base::check(::truncate(path_.c_str(), sizeof(BoardMemory) - 1), path_);
    EXPECT_EQ(refusal(), EX_CONFIG);
    std::filesystem::remove(path_);
    std::filesystem::create_directory(path_);
    EXPECT_EQ(refusal(), EX_CONFIG);
    std::filesystem::remove(path_);
    base::check(::mkfifo(path_.c_str(), 0600), path_);
    EXPECT_EQ(refusal(), EX_CONFIG) << "and nothing waited for its other end";
}

TEST_F(BoardFile, IsRefusedIfOthersMayWriteIt) {
    (void)writer();
    for (const mode_t mode : {0664U, 0646U}) {
        base::check(::chmod(path_.c_str(), mode), path_);
        EXPECT_EQ(refusal(), EX_NOPERM);
    }
    base::check(::chmod(path_.c_str(), 0644), path_);
    EXPECT_EQ(refusal(), 0);
}

TEST_F(BoardFile, IsReadableByEverybodyAndWritableByItsOwnerWhateverTheMask) {
    const mode_t before = ::umask(0777);
    (void)writer();
    ::umask(before);
    EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms{0644});
}

TEST_F(BoardFile, IsNoLinkThatItsWriterWouldFollow) {
    folder_.write("elsewhere", "text");
    std::filesystem::create_symlink(folder_.at("elsewhere"), path_);
    EXPECT_TRUE(writer().is_new());
    EXPECT_FALSE(std::filesystem::is_symlink(path_));
    EXPECT_EQ(std::filesystem::file_size(folder_.at("elsewhere")), 4U);
}

TEST_F(BoardFile, SaysWhichFolderIsMissing) {
    try {
        (void)BoardWriter::open(folder_.at("absent/board"));
        ADD_FAILURE() << "there is no such folder";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_NOINPUT);
        EXPECT_NE(std::string(failure.what()).find(folder_.at("absent")), std::string::npos);
    }
}

}  // namespace
}  // namespace cloister::acme
