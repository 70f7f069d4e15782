// SPDX-License-Identifier: MIT
// A program whose routes try to break out of the confinement that cloister::run() put them in. The
// cases of test_escape.py run it under the shipped unit; it is never installed.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include "cloister.h"

namespace {

struct Escape {
    const char* path;
    void (*attempt)();
};

void open_a_file() {
    ::close(::open("/etc/hostname", O_RDONLY | O_CLOEXEC));
}

void list_a_folder() {
    ::close(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void execute_a_program() {
    ::execl("/bin/true", "true", static_cast<char*>(nullptr));
}

void fork_a_process() {
    if (::fork() == 0) {
        ::_exit(0);
    }
}

void start_a_thread() {
    std::thread([] {}).join();
}

void make_a_socket() {
    ::close(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

void trace_a_process() {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
}

void make_data_executable() {
    constexpr std::size_t page_bytes = 4096;
    void* page =
        ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ::mprotect(page, page_bytes, PROT_READ | PROT_EXEC);
}

void signal_another_process() {
    ::kill(1, SIGTERM);
}

// io_uring performs system calls that no seccomp filter sees.
void make_a_ring() {
    std::array<char, 256> parameters{};
    ::syscall(SYS_io_uring_setup, 1, parameters.data());
}

constexpr std::array escapes = {
    Escape{"/escape/nothing", [] {}},
    Escape{"/escape/open", open_a_file},
    Escape{"/escape/list", list_a_folder},
    Escape{"/escape/execute", execute_a_program},
    Escape{"/escape/fork", fork_a_process},
    Escape{"/escape/thread", start_a_thread},
    Escape{"/escape/connect", make_a_socket},
    Escape{"/escape/trace", trace_a_process},
    Escape{"/escape/inject", make_data_executable},
    Escape{"/escape/signal", signal_another_process},
    Escape{"/escape/ring", make_a_ring},
};

}  // namespace

int main(int argc, char** argv) {
    cloister::App app;
    for (const Escape& escape : escapes) {
        app.Get(escape.path,
                [attempt = escape.attempt](const httplib::Request&, httplib::Response& response) {
                    attempt();
                    response.set_content("escaped", "text/plain");
                });
    }
    return cloister::run(app, argc, argv);
}
