// SPDX-License-Identifier: MIT
#include "sandbox/threads.h"

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

namespace cloister::sandbox {

// Who has arrived. Mutex and condition variable, because these wait by futex(2) alone; std::latch
// may also yield.
struct Muster::Roll {
    std::vector<Thread> threads;
    std::function<Descriptor()> confine_self;

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Descriptor> status_files;  // by thread
    std::size_t arrived = 0;
    std::exception_ptr failure;
    bool released = false;

    void arrive(std::size_t number) {
        Descriptor file;
        std::exception_ptr problem;
        try {
            file = confine_self();
        } catch (...) {
            problem = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        status_files.at(number) = std::move(file);
        failure = failure ? failure : problem;
        ++arrived;
        changed.notify_all();
    }

    void wait_for_arrivals(std::size_t count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return arrived == count; });
    }

    void wait_for_release() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return released; });
    }

    // Ending a thread would take calls that are not permitted.
    [[noreturn]] void sleep_for_ever() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock);
        }
    }

    // pthread_create(3) carries one pointer: which thread of which roll.
    struct Place {
        std::shared_ptr<Roll> roll;
        std::size_t number;
    };

    static void* live(void* argument) {
        const std::unique_ptr<Place> place(static_cast<Place*>(argument));
        Roll& roll = *place->roll;
        const Thread& self = roll.threads.at(place->number);
        constexpr std::size_t longest_name = 15;
        ::pthread_setname_np(::pthread_self(), self.name.substr(0, longest_name).c_str());
        roll.arrive(place->number);
        roll.wait_for_release();
        self.run();
        roll.sleep_for_ever();
    }

    // 0, or an error of pthread_create(3).
    static int make_thread(const std::shared_ptr<Roll>& roll, std::size_t number) {
        pthread_attr_t attributes;
        int error = ::pthread_attr_init(&attributes);
        if (error != 0) {
            return error;
        }
        error = ::pthread_attr_setstacksize(&attributes, roll->threads.at(number).stack_bytes);
        if (error == 0) {
            error = ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        }
        if (error == 0) {
            auto place = std::make_unique<Place>(Place{roll, number});
            pthread_t thread = {};
            error = ::pthread_create(&thread, &attributes, &Roll::live, place.get());
            if (error == 0) {
                static_cast<void>(place.release());  // the thread's now
            }
        }
        ::pthread_attr_destroy(&attributes);
        return error;
    }
};

Muster::Muster(std::vector<Thread> threads, const std::function<Descriptor()>& confine_self)
    : roll_(std::make_shared<Roll>()) {
    roll_->threads = std::move(threads);
    roll_->confine_self = confine_self;
    roll_->status_files.resize(roll_->threads.size());

    std::size_t made = 0;
    int error = 0;
    while (made < roll_->threads.size() && error == 0) {
        error = Roll::make_thread(roll_, made);
        made += error == 0 ? 1 : 0;
    }
    roll_->wait_for_arrivals(made);
    roll_->confine_self = nullptr;
    if (error != 0) {
        throw std::system_error(error, std::generic_category(),
                                "make the thread " + roll_->threads.at(made).name +
                                    " (raise LimitNPROC= and TasksMax=)");
    }
    if (roll_->failure) {
        std::rethrow_exception(roll_->failure);
    }
}

std::span<const Descriptor> Muster::status_files() const {
    return roll_->status_files;
}

void Muster::release() {
    const std::lock_guard lock(roll_->mutex);
    roll_->status_files.clear();
    roll_->released = true;
    roll_->changed.notify_all();
}

}  // namespace cloister::sandbox
