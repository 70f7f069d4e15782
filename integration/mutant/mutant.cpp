// SPDX-License-Identifier: MIT
// The server with one line of its policy missing, the one that $CLOISTER_WITHOUT names; with
// nothing missing if it names none. test_mutants.py shows that each such server dies at its work,
// and that the whole one does not. For tests only, never installed.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "run.h"
#include "sandbox/policy.h"

namespace {

// More than malloc(3) takes from the heap, until the lock is prepared: so it maps this.
constexpr std::size_t mapped_bytes = std::size_t{1} << 20U;
std::unique_ptr<char[]> mapped_before(new char[mapped_bytes]);

// What a policy lacks: the whole of `table`, but for the row that is not to be there.
template <class Line>
std::vector<Line> mutated(std::span<const Line> table) {
    const char* const without = std::getenv("CLOISTER_WITHOUT");
    std::vector<Line> left;
    std::copy_if(table.begin(), table.end(), std::back_inserter(left), [without](const Line& line) {
        return without == nullptr || line.name != without;
    });
    return left;
}

// A timed wait, in which the test stops the process.
void wait_for_a_while() {
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(600));
}

// All the memory that there is, for a moment.
void fill_the_heap() {
    std::vector<std::string> kept;
    try {
        for (;;) {
            kept.emplace_back(mapped_bytes, 'x');
        }
    } catch (const std::bad_alloc&) {
        kept.clear();
    }
}

cloister::Outcome answer(const cloister::http::Request& request) {
    if (request.path == "/wait") {
        wait_for_a_while();
    } else if (request.path == "/fill") {
        fill_the_heap();
    } else if (request.path == "/free") {
        mapped_before.reset();
    } else {
        return {};
    }
    cloister::http::Response response;
    response.body = std::string_view("survived\n");
    return {response, {}};
}

}  // namespace

namespace cloister::sandbox {

// These take the place of policy_of_build.cpp.
std::span<const Row> rows() {
    static const std::vector<Row> left = mutated(shipped_rows());
    return left;
}

std::span<const Answer> answers() {
    static const std::vector<Answer> left = mutated(shipped_answers());
    return left;
}

}  // namespace cloister::sandbox

int main(int argc, char** argv) {
    return cloister::run_program(answer, argc, argv);
}
