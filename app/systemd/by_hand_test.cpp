// SPDX-License-Identifier: MIT
#include "systemd/by_hand.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/fd.h"
#include "systemd/address.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

base::Fd connect_to(const Listener& listener) {
    const Address address = local_address(listener.fd.get());
    base::Fd client(
        base::check(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    base::check(::connect(client.get(), address.generic(), address.length), "connect");
    return client;
}

base::Fd accept_from(const Listener& listener) {
    return base::Fd(base::check(::accept(listener.fd.get(), nullptr, nullptr), "accept"));
}

// "STATUS: MESSAGE" of the refusal, or "" if there is none.
std::string refusal(const std::string& address) {
    try {
        listen_on(address);
    } catch (const base::Failure& failure) {
        return std::to_string(failure.exit_status()) + ": " + failure.what();
    }
    return "";
}

class Directory {
  public:
    Directory() { base::check(::mkdir(path_.c_str(), S_IRWXU), path_); }

    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    ~Directory() {
        ::unlink(socket().c_str());
        ::rmdir(path_.c_str());
    }

    [[nodiscard]] std::string socket() const { return path_ + "/x.sock"; }

  private:
    std::string path_ = ::testing::TempDir() + "by-hand-" + std::to_string(::getpid());
};

TEST(ListeningByHand, TakesLiteralAddressesAndLocalhost) {
    struct Case {
        const char* address;
        const char* shown;
    };

    for (const Case& row : {Case{"127.0.0.1:0", "127.0.0.1:"}, Case{"[::1]:0", "[::1]:"},
                            Case{"localhost:0", "127.0.0.1:"}, Case{"0.0.0.0:0", "0.0.0.0:"}}) {
        const Listener listener = listen_on(row.address);
        EXPECT_EQ(listener.address.substr(0, std::string(row.shown).size()), row.shown);
        EXPECT_NE(listener.address.substr(std::string(row.shown).size()), "0");
    }
}

TEST(ListeningByHand, ServesPlainHttpWithoutAName) {
    const Listener listener = listen_on("127.0.0.1:0");
    EXPECT_EQ(listener.role, Role::http);
    EXPECT_EQ(listener.name, "");
    EXPECT_FALSE(listener.connected);
}

TEST(ListeningByHand, TakesTheRoleFromTheScheme) {
    struct Case {
        const char* address;
        Role role;
        const char* shown;
    };

    for (const Case& row : {Case{"http://127.0.0.1:0", Role::http, "127.0.0.1:"},
                            Case{"https://127.0.0.1:0", Role::https, "127.0.0.1:"},
                            Case{"https://[::1]:0", Role::https, "[::1]:"},
                            Case{"https://localhost:0", Role::https, "127.0.0.1:"}}) {
        const Listener listener = listen_on(row.address);
        EXPECT_EQ(listener.role, row.role) << row.address;
        EXPECT_EQ(listener.name, "");
        EXPECT_EQ(listener.address.substr(0, std::string(row.shown).size()), row.shown);
    }
}

TEST(ListeningByHand, AcceptsOnTcpAndUnixSockets) {
    const Directory directory;
    for (const std::string& address : {std::string("127.0.0.1:0"), directory.socket()}) {
        const Listener listener = listen_on(address);
        const base::Fd client = connect_to(listener);
        EXPECT_TRUE(accept_from(listener)) << address;
    }
}

TEST(ListeningByHand, ShowsThePathOfAUnixSocket) {
    const Directory directory;
    EXPECT_EQ(listen_on(directory.socket()).address, directory.socket());
}

TEST(ListeningByHand, MakesSocketsAsAdoptionDoes) {
    const Listener listener = listen_on("127.0.0.1:0");
    EXPECT_NE(::fcntl(listener.fd.get(), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(::fcntl(listener.fd.get(), F_GETFL) & O_NONBLOCK, 0);
    const base::Fd client = connect_to(listener);
    const base::Fd server = accept_from(listener);
    int no_delay = 0;
    socklen_t length = sizeof no_delay;
    ASSERT_EQ(::getsockopt(server.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &length), 0);
    EXPECT_NE(no_delay, 0);
}

TEST(ListeningByHand, RefusesWhatIsNoAddress) {
    const std::vector<std::string> addresses = {"",
                                                "8080",
                                                ":8080",
                                                "*:8080",
                                                "example.org:8080",
                                                "::1:8080",
                                                "[::1]",
                                                "[::1:8080",
                                                "[127.0.0.1]:80",
                                                "[]:8080",
                                                "127.0.0.1",
                                                "127.0.0.1:",
                                                "127.0.0.1:65536",
                                                "127.0.0.1:-1",
                                                "127.0.0.1:080",
                                                "1.2.3:8080",
                                                "127.0.0.1: 1",
                                                "127.0.0.1:http",
                                                "x.sock",
                                                "@abstract",
                                                "/",
                                                "tcp:1:2:3",
                                                "[::1]x:8080",
                                                "127.0.0.1:8080/",
                                                "/" + std::string(107, 'x'),
                                                "http://",
                                                "https://",
                                                "https://8443",
                                                "https://example.org:8443",
                                                "https://127.0.0.1",
                                                "https://127.0.0.1:8443/",
                                                "https:///run/x.sock",
                                                "https://https://127.0.0.1:8443",
                                                "http://https://127.0.0.1:8443",
                                                "HTTPS://127.0.0.1:8443",
                                                "https:127.0.0.1:8443",
                                                "admin://127.0.0.1:8443"};
    for (const std::string& address : addresses) {
        const std::string message = refusal(address);
        EXPECT_EQ(message.substr(0, 14), "64: listen on ") << address;
        EXPECT_NE(message.find("not an address; write ADDR:PORT"), std::string::npos) << message;
    }
}

TEST(ListeningByHand, NamesAnAddressThatIsInUse) {
    const Listener listener = listen_on("127.0.0.1:0");
    EXPECT_EQ(refusal(listener.address),
              "69: listen on " + listener.address +
                  ": another program listens there; stop it, or choose another port "
                  "with --listen ADDR:PORT");
}

TEST(ListeningByHand, NeverRemovesAPathThatExists) {
    const Directory directory;
    { const Listener stale = listen_on(directory.socket()); }
    EXPECT_EQ(::access(directory.socket().c_str(), F_OK), 0);
    EXPECT_EQ(refusal(directory.socket()),
              "69: listen on " + directory.socket() +
                  ": the path exists; if no server uses it any more, remove it");
    EXPECT_EQ(::access(directory.socket().c_str(), F_OK), 0);
}

TEST(ListeningByHand, NamesAnAddressOfAnotherMachine) {
    const std::string message = refusal("192.0.2.1:8080");
    EXPECT_EQ(message.substr(0, 60),
              "69: listen on 192.0.2.1:8080: this machine has no such addre");
}

TEST(ListeningByHand, NamesTheReasonOfAnyOtherRefusal) {
    EXPECT_EQ(refusal("/nonexistent/x.sock"),
              "69: listen on /nonexistent/x.sock: No such file or directory; "
              "choose another with --listen");
}

TEST(ListeningByHand, BindsAPortAgainThatWasInUseAMomentAgo) {
    std::string address;
    {
        const Listener listener = listen_on("127.0.0.1:0");
        address = listener.address;
        const base::Fd client = connect_to(listener);
        const base::Fd server = accept_from(listener);
        // The side that closes first, here the server's, keeps the port in TIME_WAIT.
    }
    EXPECT_EQ(refusal(address), "");
}

TEST(ListeningByHand, RecommendsTheSocketUnitForLowPorts) {
    int first_free_port = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free_port;
    ASSERT_GT(first_free_port, 1) << "this system lets everybody bind every port";
    const std::string message = played::in_child({.pid = {}, .fds = {}}, [] {
        constexpr uid_t nobody = 65534;
        const bool is_root = ::geteuid() == 0;
        base::check(is_root ? ::setresuid(nobody, nobody, nobody) : 0, "become nobody");
        return refusal("127.0.0.1:1") + "\n" + refusal("https://127.0.0.1:1");
    });
    EXPECT_EQ(
        message,
        "77: listen on 127.0.0.1:1: ports below 1024 need a privilege, which cloister never "
        "holds; let systemd bind it: systemctl enable --now cloister-http.socket\n"
        "77: listen on https://127.0.0.1:1: ports below 1024 need a privilege, which cloister "
        "never holds; let systemd bind it: systemctl enable --now cloister-https.socket");
}

}  // namespace
}  // namespace cloister::systemd
