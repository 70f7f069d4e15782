// SPDX-License-Identifier: MIT
#include "systemd/listen_variables.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace cloister::systemd {
namespace {

constexpr Self self = {.pid = 42, .pidfd_id = 7000000000};

ListenVariables ours(std::string fds) {
    ListenVariables variables;
    variables.pid = "42";
    variables.fds = std::move(fds);
    return variables;
}

ListenVariables ours(std::string fds, std::string names) {
    ListenVariables variables = ours(std::move(fds));
    variables.names = std::move(names);
    return variables;
}

// What interpret() complains of, or "" if it does not.
std::string complaint(const ListenVariables& variables) {
    try {
        interpret(variables, self);
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        return failure.what();
    }
    return "";
}

void expect_refused(const ListenVariables& variables, const std::string& beginning) {
    const std::string message = complaint(variables);
    EXPECT_EQ(message.substr(0, beginning.size()), beginning);
    EXPECT_NE(message.find("; let the service manager set it"), std::string::npos) << message;
}

const std::vector<std::string> garbage = {"",   "-1",  "3x", " 1",  "1 ",
                                          "+1", "0x1", "03", "one", "99999999999999999999999999"};

TEST(ListenVariables, AnnounceNothingWithoutLISTEN_PID) {
    ListenVariables variables = ours("2", "http:https");
    variables.pid.reset();
    EXPECT_EQ(interpret(variables, self).addressee, Addressee::nobody);
    EXPECT_EQ(interpret(variables, self).count, 0);
}

TEST(ListenVariables, AnnounceNothingWithoutLISTEN_FDS) {
    ListenVariables variables = ours("");
    variables.fds.reset();
    EXPECT_EQ(interpret(variables, self).addressee, Addressee::nobody);
}

TEST(ListenVariables, OfAnotherProcessAreNotOursWhateverElseTheySay) {
    for (const char* const pid : {"1", "43", "421", "2147483647"}) {
        ListenVariables variables = ours("garbage", "::::");
        variables.pid = pid;
        EXPECT_EQ(interpret(variables, self).addressee, Addressee::another_process) << pid;
    }
}

TEST(ListenVariables, RefuseAMalformedLISTEN_PID) {
    std::vector<std::string> values = garbage;
    values.insert(values.end(), {"0", "2147483648", "42\n"});
    for (const std::string& value : values) {
        ListenVariables variables = ours("1");
        variables.pid = value;
        expect_refused(variables, "LISTEN_PID=\"");
    }
}

TEST(ListenVariables, AreOursByLISTEN_PIDFDIDToo) {
    ListenVariables variables = ours("1");
    variables.pidfd_id = "7000000000";
    EXPECT_EQ(interpret(variables, self).addressee, Addressee::ourselves);
}

TEST(ListenVariables, WithAStaleLISTEN_PIDFDIDAreNotOurs) {
    for (const char* const id : {"0", "7000000001", "18446744073709551615"}) {
        ListenVariables variables = ours("1");
        variables.pidfd_id = id;
        EXPECT_EQ(interpret(variables, self).addressee, Addressee::another_process) << id;
    }
}

TEST(ListenVariables, IgnoreLISTEN_PIDFDIDWhereNoProcessHasOne) {
    ListenVariables variables = ours("1");
    variables.pidfd_id = "7000000001";
    EXPECT_EQ(interpret(variables, {.pid = 42, .pidfd_id = {}}).addressee, Addressee::ourselves);
}

TEST(ListenVariables, RefuseAMalformedLISTEN_PIDFDID) {
    for (const std::string& value : garbage) {
        ListenVariables variables = ours("1");
        variables.pidfd_id = value;
        expect_refused(variables, "LISTEN_PIDFDID=\"");
    }
}

TEST(ListenVariables, RefuseAMalformedLISTEN_FDS) {
    std::vector<std::string> values = garbage;
    values.insert(values.end(), {"0", "2147483645", "2147483647", "2147483648", "4294967297"});
    for (const std::string& value : values) {
        expect_refused(ours(value), "LISTEN_FDS=\"");
    }
}

TEST(ListenVariables, TakeTheHighestLISTEN_FDSWithoutMemoryForIt) {
    const Announcement announcement = interpret(ours("2147483644"), self);
    EXPECT_EQ(announcement.count, 2147483644);
    EXPECT_TRUE(announcement.names.empty());
}

TEST(ListenVariables, ComplainWithValueAndRange) {
    EXPECT_EQ(complaint(ours("3x")),
              "LISTEN_FDS=\"3x\": not a number from 1 to 2147483644; "
              "let the service manager set it, or unset the LISTEN_ variables");
}

TEST(ListenVariables, ComplainOnOneShortLine) {
    const std::string message = complaint(ours("1\n" + std::string(5000, 'x')));
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_LT(message.size(), 250U);
}

TEST(ListenVariables, GiveTheNameUnknownWhereNoneWereSent) {
    const Announcement announcement = interpret(ours("2"), self);
    EXPECT_EQ(announcement.name(0), "unknown");
    EXPECT_EQ(announcement.name(1), "unknown");
}

TEST(ListenVariables, SplitNamesWithoutMergingEmptyOnes) {
    const Announcement announcement = interpret(ours("5", ":http::https:"), self);
    EXPECT_EQ(announcement.names, (std::vector<std::string>{"", "http", "", "https", ""}));
}

TEST(ListenVariables, RefuseNamesThatAreNotAsManyAsDescriptors) {
    struct Case {
        const char* fds;
        const char* names;
    };

    for (const Case& row : {Case{"1", "a:b"}, Case{"2", "a"}, Case{"2", ""}, Case{"2", "a::b"},
                            Case{"3", "a:b"}, Case{"2147483644", "a"}}) {
        expect_refused(ours(row.fds, row.names), "LISTEN_FDNAMES=\"");
    }
}

TEST(ListenVariables, RefuseNamesThatAreLongOrUnprintable) {
    EXPECT_EQ(complaint(ours("1", std::string(255, 'n'))), "");
    expect_refused(ours("1", std::string(256, 'n')), "LISTEN_FDNAMES=\"");
    for (const char* const name : {"\n", "a\tb", "\x7f", "caf\xc3\xa9"}) {
        expect_refused(ours("1", name), "LISTEN_FDNAMES=\"");
    }
}

TEST(ListenVariables, AreTakenOnce) {
    for (const char* const variable :
         {"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
        ASSERT_EQ(::setenv(variable, variable, 1), 0);
    }
    const ListenVariables first = take_listen_variables();
    EXPECT_EQ(first.pid, "LISTEN_PID");
    EXPECT_EQ(first.pidfd_id, "LISTEN_PIDFDID");
    EXPECT_EQ(first.fds, "LISTEN_FDS");
    EXPECT_EQ(first.names, "LISTEN_FDNAMES");
    const ListenVariables second = take_listen_variables();
    EXPECT_FALSE(second.pid || second.pidfd_id || second.fds || second.names);
    EXPECT_EQ(std::getenv("LISTEN_PID"), nullptr);
}

TEST(Self, IsNeverTheParent) {
    const Self parent = identify_self();
    EXPECT_EQ(parent.pid, ::getpid());
    EXPECT_EQ(parent.pidfd_id, identify_self().pidfd_id);
    const pid_t child = ::fork();
    if (child == 0) {
        const Self own = identify_self();
        const bool other_id = !own.pidfd_id || own.pidfd_id != parent.pidfd_id;
        ::_exit(own.pid != parent.pid && other_id ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cloister::systemd
