// SPDX-License-Identifier: MIT
#include "sandbox/audit/trial.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <new>
#include <system_error>

#include "sandbox/audit/children.h"
#include "sandbox/check.h"

namespace cloister::sandbox::audit {
namespace {

enum class State : std::uint8_t { preparing, refused, trying, succeeded, denied };

// Where the child writes how far it came. It lies in memory that both share, so that no system call
// is needed to report, and none that a lock could deny.
struct Slate {
    std::atomic<State> state = State::preparing;
    std::atomic<bool> through = false;  // Stage
    std::atomic<int> error = 0;
    std::array<char, 256> reason = {};
};

class SharedSlate {
  public:
    SharedSlate()
        : place_(::mmap(nullptr, sizeof(Slate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0)) {
        if (place_ == MAP_FAILED) {
            throw std::system_error(errno, std::generic_category(), "mmap for a trial");
        }
        slate_ = new (place_) Slate;
    }

    SharedSlate(const SharedSlate&) = delete;
    SharedSlate& operator=(const SharedSlate&) = delete;

    ~SharedSlate() { ::munmap(place_, sizeof(Slate)); }

    Slate& operator*() const { return *slate_; }

  private:
    void* place_;
    Slate* slate_ = nullptr;
};

// Standard streams that nobody hears: programs that are executed by way of an attempt say things.
void be_silent() {
    // The lowest number that is free is the one just closed: a unit's filter may lack dup2(2), and
    // its root /dev/null. Nobody can write to a file that is open for reading.
    for (int stream = 0; stream <= STDERR_FILENO; ++stream) {
        ::close(stream);
        static_cast<void>(::open("/proc/self/exe", O_RDONLY) == stream);
    }
}

[[noreturn]] void conclude(Slate& slate, State state) {
    slate.state = state;
    ::_exit(0);
}

// The end of the child's story.
[[noreturn]] void attempt_it(const Attempt& attempt, Stage& stage, Slate& slate) {
    slate.state = State::trying;
    errno = 0;
    const long result = attempt.deed(stage);
    // What could not even be prepared is denied for that reason. It was tried all the same, because
    // the lock may have more to say.
    const int unprepared = attempt.needs == nullptr ? 0 : (stage.*attempt.needs).error;
    slate.error = unprepared != 0 ? unprepared : errno;
    conclude(slate, result == -1 ? State::denied : State::succeeded);
}

// A thread that the lock does not make: it is there before, and acts once the lock is closed.
class Elder {
  public:
    explicit Elder(const std::function<void()>& deed) : deed_(deed) {
        pthread_t thread = {};
        const int error = ::pthread_create(&thread, nullptr, &Elder::live, this);
        if (error != 0) {
            throw std::system_error(error, std::generic_category(), "make the elder thread");
        }
        // It must not meet the filter in the middle of its own start.
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waits_; });
    }

    // On the locked thread.
    [[noreturn]] void wake() {
        {
            const std::lock_guard lock(mutex_);
            awake_ = true;
        }
        changed_.notify_all();
        wait_for_ever();
    }

  private:
    static void* live(void* self) {
        Elder& elder = *static_cast<Elder*>(self);
        {
            std::unique_lock lock(elder.mutex_);
            elder.waits_ = true;
            elder.changed_.notify_all();
            elder.changed_.wait(lock, [&] { return elder.awake_; });
        }
        elder.deed_();
        return nullptr;
    }

    std::function<void()> deed_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool waits_ = false;
    bool awake_ = false;
};

void live_and_try(const Attempt& attempt, const Lock& lock, Stage& stage, Slate& slate) {
    const auto act = [&] { attempt_it(attempt, stage, slate); };
    if (attempt.actor == Actor::elder) {
        // Never destroyed: its thread waits in it for as long as the process lives.
        auto* const elder = new Elder(act);
        lock.close(stage.descriptors(), [elder] { elder->wake(); });
    } else {
        lock.close(stage.descriptors(), act);
    }
}

[[noreturn]] void be_child(const Attempt& attempt, const Lock& lock, const std::string& scratch,
                           Slate& slate) {
    ::setpgid(0, 0);
    be_silent();
    // A sanitizer would make an exit of it.
    ::signal(SIGSEGV, SIG_DFL);
    try {
        Stage stage(slate.through, scratch);
        stage.prepare();
        if (attempt.needs == &Stage::life) {
            stage.make_neighbour();
        }
        // What would end the whole group ends the neighbour alone.
        ::signal(SIGUSR1, SIG_IGN);
        live_and_try(attempt, lock, stage, slate);
    } catch (const std::exception& problem) {
        // The process may be locked in part; conclude() needs only what every lock permits.
        std::strncpy(slate.reason.data(), problem.what(), slate.reason.size() - 1);
        conclude(slate, State::refused);
    }
    conclude(slate, State::preparing);
}

// How a child ended that had begun to try and never came back to say more.
Outcome outcome_of_silence(const Attempt& attempt, const Slate& slate, const Ended& ended) {
    if (ended.signal == 0) {
        // It is another program's status. Ours would have said more.
        return ended.code == 0 ? Outcome{End::succeeded, 0, {}}
                               : Outcome{End::broken, 0, "it exited with another status than 0"};
    }
    if (slate.through) {
        return {End::succeeded, ended.signal, {}};
    }
    if (ended.signal == SIGSYS) {
        return {End::killed, SIGSYS, {}};
    }
    const bool has_no_entry = attempt.call == entry_int_80 && ended.signal == SIGSEGV;
    return {has_no_entry ? End::absent : End::signalled, ended.signal, {}};
}

Outcome outcome_of(const Attempt& attempt, const Slate& slate, const Ended& ended) {
    if (ended.timed_out) {
        return {End::timed_out, 0, {}};
    }
    switch (slate.state) {
        case State::succeeded:
            return {End::succeeded, 0, {}};
        case State::denied:
            return {End::denied, slate.error, {}};
        case State::refused:
            return {End::refused, 0, slate.reason.data()};
        case State::trying:
            return outcome_of_silence(attempt, slate, ended);
        case State::preparing:
            break;
    }
    return {End::broken, ended.signal, "it ended before it could try"};
}

}  // namespace

std::string Outcome::text() const {
    switch (end) {
        case End::succeeded:
            return "succeeded";
        case End::denied: {
            if (number == ENODATA) {
                return "no effect";
            }
            const char* const name = ::strerrorname_np(number);
            return name != nullptr ? name : std::to_string(number);
        }
        case End::killed:
            return "SIGSYS";
        case End::refused:
            return "refused";
        case End::absent:
            return "no entry";
        case End::signalled: {
            const char* const name = ::sigabbrev_np(number);
            return name != nullptr ? std::string("SIG") + name : std::to_string(number);
        }
        case End::timed_out:
            return "timed out";
        case End::broken:
            break;
    }
    return "broken";
}

Outcome try_out(const Attempt& attempt, const Lock& lock) {
    const SharedSlate slate;
    const std::string scratch = "/tmp/cloister-audit-" + std::to_string(::getpid());
    const Ended ended = run_child([&] { be_child(attempt, lock, scratch, *slate); });
    ::unlink((scratch + ".socket").c_str());
    ::unlink(scratch.c_str());
    ::rmdir(scratch.c_str());
    return outcome_of(attempt, *slate, ended);
}

}  // namespace cloister::sandbox::audit
