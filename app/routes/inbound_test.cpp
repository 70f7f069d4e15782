// SPDX-License-Identifier: MIT
#include "routes/inbound.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

using http::Method;

httplib::Request handed_over(const http::Request& from) {
    httplib::Request to;
    to.headers.emplace("REMOTE_ADDR", "left over");
    to.params.emplace("left", "over");
    hand_over(from, parse_query(from.query).value(), to);
    return to;
}

TEST(Inbound, HandsOverLineFieldsAndParameters) {
    const auto to =
        handed_over(request_for(Method::get, "/a?b=c+d", {{"Accept", "*/*"}, {"X-One", "1"}}));
    EXPECT_EQ(to.method, "GET");
    EXPECT_EQ(to.target, "/a?b=c+d");
    EXPECT_EQ(to.path, "/a");
    EXPECT_EQ(to.version, "HTTP/1.1");
    EXPECT_EQ(to.params, (httplib::Params{{"b", "c d"}}));
    EXPECT_EQ(to.get_header_value("accept"), "*/*");
    EXPECT_EQ(to.get_header_value("X-One"), "1");
    EXPECT_EQ(to.headers.size(), 3U);  // and Host
}

TEST(Inbound, NamesTheAuthorityAsHostWhateverTheFieldSaid) {
    const auto to = handed_over(request_for(Method::get, "/", {{"Host", "other.example"}}));
    ASSERT_EQ(to.get_header_value_count("Host"), 1U);
    EXPECT_EQ(to.get_header_value("Host"), "example.org");
}

TEST(Inbound, WithholdsWhatFramesOrNegotiatesOrImpersonates) {
    for (const std::string_view name :
         {"Connection", "Transfer-Encoding", "Expect", "Upgrade", "HTTP2-Settings", "Range",
          "If-Range", "Accept-Encoding", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
          "Content-Length", "REMOTE_ADDR", "remote_port", "Remote_User", "LOCAL_ADDR",
          "local_port"}) {
        const auto to = handed_over(request_for(Method::get, "/", {{name, "x"}, {"X-One", "1"}}));
        EXPECT_FALSE(to.has_header(std::string(name))) << name;
        EXPECT_TRUE(to.has_header("X-One")) << name;
    }
}

TEST(Inbound, PassesFieldsThatOnlyResembleWithheldOnes) {
    for (const std::string_view name : {"X-Range", "Ranges", "Remote-Addr", "Local", "If-Match"}) {
        const auto to = handed_over(request_for(Method::get, "/", {{name, "x"}}));
        EXPECT_EQ(to.get_header_value(std::string(name)), "x") << name;
    }
}

struct LengthCase {
    Method method;
    std::string_view body;
    std::string_view length;
};

TEST(Inbound, StatesTheLengthOfTheBodyAsReceived) {
    const LengthCase cases[] = {
        {Method::get, "", ""},     {Method::head, "", ""},   {Method::options, "", ""},
        {Method::get, "ab", "2"},  {Method::post, "", "0"},  {Method::post, "abc", "3"},
        {Method::put, "", "0"},    {Method::patch, "", "0"}, {Method::del, "", "0"},
        {Method::del, "abc", "3"},
    };
    for (const LengthCase& row : cases) {
        const auto to = handed_over(
            request_for(row.method, "/", {{"Content-Length", "77"}}, std::string(row.body)));
        EXPECT_EQ(to.get_header_value("Content-Length"), row.length)
            << http::name_of(row.method) << " with " << row.body.size();
        EXPECT_LE(to.get_header_value_count("Content-Length"), 1U);
    }
}

TEST(Inbound, TellsTheAddressAndPortOfANetworkPeer) {
    auto from = request_for(Method::get, "/");
    from.peer.family = AF_INET;
    from.peer.port = 4711;
    from.peer.address = {192, 0, 2, 7};
    const auto to = handed_over(from);
    EXPECT_EQ(to.remote_addr, "192.0.2.7");
    EXPECT_EQ(to.remote_port, 4711);
}

TEST(Inbound, TellsNoAddressOfAPeerOnAUnixSocket) {
    auto from = request_for(Method::get, "/");
    from.peer.family = AF_UNIX;
    const auto to = handed_over(from);
    EXPECT_EQ(to.remote_addr, "");
    EXPECT_EQ(to.remote_port, 0);
}

int status_refused(const http::Request& request, bool multipart_allowed = false) {
    const auto refused = refusal(request, multipart_allowed);
    return refused ? refused->status : 0;
}

TEST(Inbound, RefusesAPathOneByteAboveItsLimit) {
    const std::string longest = "/" + std::string(base::limits::route_path_bytes - 1, 'a');
    EXPECT_EQ(status_refused(request_for(Method::get, longest)), 0);
    const std::string longer = longest + "a";
    EXPECT_EQ(status_refused(request_for(Method::get, longer)), 414);
}

TEST(Inbound, RefusesAnyContentEncoding) {
    for (const std::string_view coding : {"gzip", "br", "identity", "gzip, gzip", ""}) {
        const auto request = request_for(Method::post, "/", {{"content-Encoding", coding}}, "x");
        const auto refused = refusal(request, true);
        ASSERT_TRUE(refused) << coding;
        EXPECT_EQ(refused->status, 415) << coding;
        EXPECT_EQ(field_of(*refused, "Accept-Encoding"), "identity") << coding;
    }
}

TEST(Inbound, RefusesMultipartAndNamesTheSwitch) {
    for (const std::string_view type :
         {"multipart/form-data; boundary=x", "Multipart/Form-Data", "multipart/form-data"}) {
        const auto request = request_for(Method::post, "/", {{"content-type", type}}, "x");
        const auto refused = refusal(request, false);
        ASSERT_TRUE(refused) << type;
        EXPECT_EQ(refused->status, 415) << type;
        EXPECT_NE(body_of(*refused).find("allow_multipart(true)"), std::string::npos) << type;
    }
}

TEST(Inbound, FindsMultipartBehindAnotherContentType) {
    EXPECT_EQ(status_refused(request_for(
                  Method::post, "/",
                  {{"Content-Type", "text/plain"}, {"Content-Type", "multipart/form-data"}}, "x")),
              415);
}

TEST(Inbound, AllowsMultipartToThoseWhoAsked) {
    const auto request =
        request_for(Method::post, "/", {{"Content-Type", "multipart/form-data; boundary=x"}}, "x");
    EXPECT_EQ(status_refused(request, true), 0);
}

TEST(Inbound, RefusesMethodsNoRouteCanHave) {
    EXPECT_EQ(status_refused(request_for(Method::trace, "/")), 501);
    EXPECT_EQ(status_refused(request_for(Method::connect, "/")), 501);
}

}  // namespace
}  // namespace cloister::routes
