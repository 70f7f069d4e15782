// SPDX-License-Identifier: MIT
// Which descriptors adopt() takes, as what, and which it refuses.
#include "systemd/listeners.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "systemd/by_hand.h"
#include "systemd/test_activation.h"

namespace cloister::systemd {
namespace {

using played::adopted;
using played::in_child;
using played::make_pair;
using played::Start;
using played::tcp_listener;

void expect_begins(const std::string& text, const std::string& beginning) {
    EXPECT_EQ(text.substr(0, beginning.size()), beginning) << text;
}

TEST(Adoption, TakesRolesFromNames) {
    const base::Fd one = tcp_listener();
    const base::Fd two = tcp_listener();
    const base::Fd three = tcp_listener();
    const std::vector<int> all = {one.get(), two.get(), three.get()};
    for (const char* const names :
         {"http:https:admin", "http.socket:https.socket:admin.socket",
          "x-http.socket:a-b-https.socket:cloister-admin.socket",
          "cloister-http@blue.socket:cloister-https@a-http.socket:admin@1.socket"}) {
        EXPECT_EQ(adopted({.descriptors = all, .names = names}),
                  "3 http, 4 https, 5 admin, activated")
            << names;
    }
    EXPECT_EQ(adopted({.descriptors = all, .names = "admin:http:https"}),
              "3 admin, 4 http, 5 https, activated");
}

TEST(Adoption, TakesSeveralDescriptorsOfEveryFamilyUnderOneName) {
    const base::Fd v4 = tcp_listener();
    const base::Fd v6 = listen_on("[::1]:0").fd;
    const Start start = {.descriptors = {v4.get(), v6.get(), v4.get()}, .names = "http:http:https"};
    EXPECT_EQ(adopted(start), "3 http, 4 http, 5 https, activated");
}

TEST(Adoption, TakesALoneSocketOfAnyDefaultNameAsHttp) {
    const base::Fd listener = tcp_listener();
    EXPECT_EQ(adopted({.descriptors = {listener.get()}}), "3 http, activated");
    for (const char* const name : {"unknown", "cloister.socket", "site.socket", "http"}) {
        EXPECT_EQ(adopted({.descriptors = {listener.get()}, .names = name}), "3 http, activated");
    }
}

TEST(Adoption, RefusesALoneSocketWithoutARole) {
    const base::Fd listener = tcp_listener();
    for (const std::string name :
         {"metrics", "HTTP", "https ", "x-http", "connection", ".sockets"}) {
        EXPECT_EQ(adopted({.descriptors = {listener.get()}, .names = name}),
                  "78: descriptor 3 (\"" + name +
                      "\"): no role of that name; set "
                      "FileDescriptorName= to http, https or admin in its .socket unit");
    }
}

TEST(Adoption, RefusesDefaultNamesBesideOtherSockets) {
    const base::Fd one = tcp_listener();
    const base::Fd two = tcp_listener();
    const std::vector<int> both = {one.get(), two.get()};
    expect_begins(adopted({.descriptors = both}),
                  "78: descriptor 3 (\"unknown\"): no role of that name");
    expect_begins(adopted({.descriptors = both, .names = "https:site.socket"}),
                  "78: descriptor 4 (\"site.socket\"): no role of that name");
}

TEST(Adoption, KeepsTheNameAndTellsTheAddress) {
    const Listener v4 = listen_on("127.0.0.1:0");
    const Listener v6 = listen_on("[::1]:0");
    const Start start = {.descriptors = {v4.fd.get(), v6.fd.get()}, .names = "http:x-http.socket"};
    EXPECT_EQ(in_child(start,
                       [] {
                           const Adoption adoption = adopt();
                           const Listener& first = adoption.listeners.at(0);
                           const Listener& second = adoption.listeners.at(1);
                           return first.name + " " + first.address + " " + second.name + " " +
                                  second.address;
                       }),
              "http " + v4.address + " x-http.socket " + v6.address);
}

TEST(Adoption, TakesTheOneConnectionOfAcceptYes) {
    const auto [server, client] = make_pair(SOCK_STREAM);
    EXPECT_EQ(adopted({.descriptors = {server.get()}, .names = "connection"}),
              "3 http connected, activated");
    EXPECT_EQ(adopted({.descriptors = {server.get()}, .names = "https"}),
              "3 https connected, activated");
}

TEST(Adoption, RefusesAConnectionBesideAListener) {
    const auto [server, client] = make_pair(SOCK_STREAM);
    const base::Fd listener = tcp_listener();
    const Start start = {.descriptors = {listener.get(), server.get()}, .names = "http:http"};
    expect_begins(adopted(start), "78: descriptor 4 (\"http\"): a connected socket beside other");
}

TEST(Adoption, TakesANotifySocketBesideASocketThatIsStillAlone) {
    const auto [notify, manager] = make_pair(SOCK_DGRAM);
    const base::Fd listener = tcp_listener();
    const auto [server, client] = make_pair(SOCK_STREAM);
    EXPECT_EQ(adopted({.descriptors = {notify.get(), listener.get()}, .names = "notify:a.socket"}),
              "4 http, notify 3, activated");
    EXPECT_EQ(adopted({.descriptors = {server.get(), notify.get()}, .names = "connection:notify"}),
              "3 http connected, notify 4, activated");
}

TEST(Adoption, IsActivatedWithoutListenersIfOnlyANotifySocketCame) {
    const auto [notify, manager] = make_pair(SOCK_DGRAM);
    EXPECT_EQ(adopted({.descriptors = {notify.get()}, .names = "notify"}), "notify 3, activated");
}

TEST(Adoption, RefusesASecondNotifySocket) {
    const auto [notify, manager] = make_pair(SOCK_DGRAM);
    const Start start = {.descriptors = {notify.get(), manager.get()}, .names = "notify:notify"};
    EXPECT_EQ(
        adopted(start),
        "78: descriptor 4 (\"notify\"): the second of that name; pass one OpenFile= as notify");
}

TEST(Adoption, RefusesAClosedDescriptor) {
    const base::Fd listener = tcp_listener();
    const Start start = {.descriptors = {listener.get(), played::closed}, .names = "http:https"};
    EXPECT_EQ(adopted(start),
              "78: descriptor 4 (\"https\"): not open, though LISTEN_FDS=2 announces it; "
              "let no wrapper between systemd and cloister close descriptors");
}

TEST(Adoption, RefusesWhatIsNoSocketAndMalformedVariablesAndUnsetsThemAll) {
    const base::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const std::vector<int> one = {null.get()};
    const std::vector<std::pair<Start, std::string>> table = {
        {{.descriptors = one, .names = "http"}, "78: descriptor 3 (\"http\"): not a socket but"},
        {{.descriptors = one, .names = "notify"}, "78: descriptor 3 (\"notify\"): not a connected"},
        {{.descriptors = one, .pid = "x"}, "78: LISTEN_PID=\"x\""},
        {{.descriptors = one, .pidfd_id = "x"}, "78: LISTEN_PIDFDID=\"x\""},
        {{.descriptors = one, .fds = "2147483647"}, "78: LISTEN_FDS=\"2147483647\""},
        {{.descriptors = one, .fds = "2147483644"}, "78: descriptor 4 (\"unknown\"): not open"},
        {{.descriptors = one, .names = "a:b"}, "78: LISTEN_FDNAMES=\"a:b\""},
    };
    for (const auto& [start, beginning] : table) {
        const std::string message = adopted(start);
        expect_begins(message, beginning);
        EXPECT_EQ(message.find("variables left"), std::string::npos) << message;
    }
}

}  // namespace
}  // namespace cloister::systemd
