// SPDX-License-Identifier: MIT
// The order of those who may answer: the server itself, the site, the routes, nobody.
#include "dispatch.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "acme/board_writer.h"
#include "acme/challenge.h"
#include "base/test_folder.h"
#include "press/press.h"

namespace cloister {
namespace {

using http::Method;

constexpr std::string_view health = "/.well-known/cloister/health";
constexpr std::array all_methods = {Method::get,     Method::head,  Method::post,
                                    Method::put,     Method::patch, Method::del,
                                    Method::options, Method::trace, Method::connect};

http::Request request_for(Method method, std::string_view path) {
    http::Request request;
    request.method = method;
    request.target = request.path = path;
    request.authority = "example.org";
    return request;
}

std::string field_of(const http::Response& response, std::string_view name) {
    for (const http::ResponseField& field : response.fields) {
        if (field.name == name) {
            return field.value;
        }
    }
    return "";
}

// "200 body", as a client would get it in the end; "worker: " before it if a worker had to.
std::string answered(const http::Handler& handler, Method method, std::string_view path) {
    const http::Request request = request_for(method, path);
    std::optional<http::Response> response = handler.immediate(request);
    std::string text;
    if (!response) {
        text = "worker: ";
        response = handler.blocking(request);
    }
    text += std::to_string(response->status) + " ";
    if (const auto* const lent = std::get_if<std::string_view>(&response->body)) {
        text += *lent;
    } else if (const auto* const owned = std::get_if<std::string>(&response->body)) {
        text += *owned;
    }
    return text;
}

class Dispatch : public ::testing::Test {
  protected:
    Dispatch() {
        folder_.write("index.html", "home");
        folder_.write("both.txt", "of the site");
        folder_.write(".well-known/cloister/health", "of the site");
        site_ = press::open_site(folder_.path()).site;
    }

    // What the routes of a program would answer.
    static Outcome route(const http::Request& request) {
        if (request.path == "/broken") {
            return {http::plain_answer(500), "secret"};
        }
        if (request.path == "/empty" || request.path == "/neither") {
            return {};
        }
        http::Response response;
        response.body = "route " + std::string(request.path);
        return {response, {}};
    }

    base::TestFolder folder_;
    site::Site site_;
    Routes routes_ = route;
    base::Log log_ = base::Log::to_standard_error();
    http::Handler of_site_ = make_handler(&site_, nullptr, log_);
    http::Handler of_routes_ = make_handler(nullptr, &routes_, log_);
    http::Handler of_both_ = make_handler(&site_, &routes_, log_);
    http::Handler of_nothing_ = make_handler(nullptr, nullptr, log_);
    http::Handler admin_ = make_admin_handler();
};

TEST_F(Dispatch, AsksTheSiteThenTheRoutes) {
    EXPECT_EQ(answered(of_both_, Method::get, "/"), "200 home");
    EXPECT_EQ(answered(of_both_, Method::get, "/both.txt"), "200 of the site");
    EXPECT_EQ(answered(of_both_, Method::get, "/route"), "worker: 200 route /route");
    EXPECT_EQ(answered(of_both_, Method::post, "/route"), "worker: 200 route /route");
    EXPECT_EQ(answered(of_both_, Method::get, "/neither"), "worker: 404 404 Not Found\n");
    EXPECT_EQ(answered(of_both_, Method::get, "/empty"), "worker: 404 404 Not Found\n");
}

TEST_F(Dispatch, PathOfTheSiteIsTheSitesForEveryMethod) {
    EXPECT_EQ(answered(of_both_, Method::post, "/both.txt").substr(0, 4), "405 ");
    EXPECT_EQ(answered(of_both_, Method::options, "/both.txt"), "204 ");
}

TEST_F(Dispatch, NeedsNoWorkerWithoutRoutes) {
    EXPECT_FALSE(of_site_.blocking);
    EXPECT_FALSE(of_nothing_.blocking);
    EXPECT_FALSE(admin_.blocking);
    EXPECT_TRUE(of_routes_.blocking);
    for (const http::Handler* const handler : {&of_site_, &of_nothing_, &admin_}) {
        for (const Method method : all_methods) {
            for (const std::string_view path : {"/", "/both.txt", "/route", "/neither", "*", ""}) {
                EXPECT_TRUE(handler->immediate(request_for(method, path)))
                    << name_of(method) << " " << path;
            }
        }
    }
}

TEST_F(Dispatch, FindsNothingWhereNothingIs) {
    EXPECT_EQ(answered(of_site_, Method::get, "/neither"), "404 404 Not Found\n");
    EXPECT_EQ(answered(of_site_, Method::post, "/neither"), "404 404 Not Found\n");
    EXPECT_EQ(answered(of_routes_, Method::get, "/neither"), "worker: 404 404 Not Found\n");
    EXPECT_EQ(answered(of_nothing_, Method::get, "/"), "404 404 Not Found\n");
}

TEST_F(Dispatch, ShowsTheSitesPageWhereNothingIs) {
    folder_.write("404.html", "lost");
    const site::Site site = press::open_site(folder_.path()).site;
    EXPECT_EQ(answered(make_handler(&site, nullptr, log_), Method::get, "/neither"), "404 lost");
    EXPECT_EQ(answered(make_handler(&site, &routes_, log_), Method::get, "/neither"),
              "worker: 404 lost");
}

TEST_F(Dispatch, TellsTheClientNothingOfAFailure) {
    const std::string answer = answered(of_routes_, Method::get, "/broken");
    EXPECT_EQ(answer.substr(0, 12), "worker: 500 ");
    EXPECT_EQ(answer.find("secret"), std::string::npos);
}

TEST_F(Dispatch, HealthIsTheServersOwnOnEverySocket) {
    for (const http::Handler* const handler :
         {&of_site_, &of_routes_, &of_both_, &of_nothing_, &admin_}) {
        EXPECT_EQ(answered(*handler, Method::get, health), "200 ok\n");
        EXPECT_EQ(answered(*handler, Method::head, health), "200 ok\n");
        const auto response = handler->immediate(request_for(Method::get, health));
        ASSERT_TRUE(response);
        EXPECT_EQ(field_of(*response, "Cache-Control"), "no-store");
    }
}

TEST_F(Dispatch, HealthCanOnlyBeRead) {
    for (const Method method :
         {Method::post, Method::put, Method::patch, Method::del, Method::options}) {
        const auto response = of_both_.immediate(request_for(method, health));
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, 405) << name_of(method);
        EXPECT_EQ(field_of(*response, "Allow"), "GET, HEAD") << name_of(method);
    }
}

TEST_F(Dispatch, HealthIsOnePathAndNoOther) {
    for (const char* const path : {"/.well-known/cloister/health/", "/.well-known/cloister",
                                   "/health", "/.well-known/cloister/Health"}) {
        EXPECT_EQ(answered(of_site_, Method::get, path).substr(0, 4), "404 ") << path;
    }
}

TEST_F(Dispatch, RefusesTunnelsAndEchoesEverywhere) {
    for (const http::Handler* const handler :
         {&of_site_, &of_routes_, &of_both_, &of_nothing_, &admin_}) {
        for (const Method method : {Method::trace, Method::connect}) {
            for (const std::string_view path :
                 {std::string_view("/"), std::string_view("/route"), health,
                  std::string_view("example.org:443"), std::string_view("/neither")}) {
                const auto response = handler->immediate(request_for(method, path));
                ASSERT_TRUE(response);
                EXPECT_EQ(response->status, 405) << name_of(method) << " " << path;
                EXPECT_NE(field_of(*response, "Allow"), "") << name_of(method) << " " << path;
            }
        }
    }
}

TEST_F(Dispatch, TellsOptionsForAllWhatIsAllowed) {
    struct Case {
        const http::Handler* handler;
        const char* allowed;
    };

    for (const Case& row : {
             Case{&of_site_, "GET, HEAD, OPTIONS"},
             Case{&of_nothing_, "GET, HEAD, OPTIONS"},
             Case{&admin_, "GET, HEAD, OPTIONS"},
             Case{&of_routes_, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
             Case{&of_both_, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
         }) {
        const auto response = row.handler->immediate(request_for(Method::options, "*"));
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, 204);
        EXPECT_EQ(field_of(*response, "Allow"), row.allowed);
    }
}

TEST_F(Dispatch, RedirectGoesToTheSamePlaceOfTheSameHost) {
    struct Case {
        std::uint16_t port;
        std::string_view authority;
        std::string location;
    };

    for (const Case& row : {
             Case{443, "example.org", "https://example.org/a?b=%20c"},
             Case{443, "example.org:80", "https://example.org/a?b=%20c"},
             Case{8443, "example.org:8080", "https://example.org:8443/a?b=%20c"},
             Case{443, "[2001:db8::1]", "https://[2001:db8::1]/a?b=%20c"},
             Case{8443, "[2001:db8::1]:80", "https://[2001:db8::1]:8443/a?b=%20c"},
         }) {
        http::Request request = request_for(Method::post, "/a");
        request.target = "/a?b=%20c";
        request.authority = row.authority;
        const auto response = make_redirect_handler(row.port, of_site_).immediate(request);
        ASSERT_TRUE(response);
        EXPECT_EQ(response->status, 308);
        EXPECT_EQ(field_of(*response, "Location"), row.location);
    }
}

TEST_F(Dispatch, RedirectLeavesWhatMustWorkWithoutACertificate) {
    const http::Handler redirect = make_redirect_handler(443, of_site_);
    EXPECT_EQ(answered(redirect, Method::get, health), "200 ok\n");
    EXPECT_EQ(answered(redirect, Method::get, "/.well-known/acme-challenge/token").substr(0, 4),
              "404 ");
    EXPECT_EQ(answered(redirect, Method::options, "*").substr(0, 4), "204 ");
    EXPECT_EQ(answered(redirect, Method::get, "/.well-known/acme-challenge").substr(0, 4), "308 ");
    http::Request without_host = request_for(Method::get, "/");
    without_host.authority = {};
    EXPECT_EQ(redirect.immediate(without_host)->status, 400);
}

TEST_F(Dispatch, ChallengesComeFromTheBoardAndThenFromWhoeverElseHasThem) {
    const std::string both = "both.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
    const std::string path = std::string(acme::challenge_folder) + "both";
    folder_.write("board/.keep", "");
    acme::BoardWriter writer = acme::BoardWriter::open(folder_.at("board/board"));
    const acme::Board board = acme::Board::open(folder_.at("board/board"));
    folder_.write(path, "of the site");
    const site::Site site = press::open_site(folder_.path()).site;
    const http::Handler below = make_handler(&site, &routes_, log_);
    const http::Handler handler = make_challenge_handler(board, below);
    const http::Handler redirect = make_redirect_handler(443, handler);

    EXPECT_EQ(answered(handler, Method::get, path), "200 of the site");
    writer.show({&both, 1});
    for (const http::Handler* const each : {&handler, &redirect}) {
        EXPECT_EQ(answered(*each, Method::get, path), "200 " + both);
        EXPECT_EQ(answered(*each, Method::head, path), "200 " + both);
        EXPECT_EQ(answered(*each, Method::post, path).substr(0, 4), "405 ");
        EXPECT_EQ(answered(*each, Method::get, path + "x").substr(0, 11), "worker: 200");
    }
    const auto response = handler.immediate(request_for(Method::get, path));
    EXPECT_EQ(field_of(*response, "Content-Type"), "application/octet-stream");
    EXPECT_EQ(field_of(*response, "Cache-Control"), "no-store");
    EXPECT_EQ(answered(handler, Method::get, "/route"), "worker: 200 route /route");
    EXPECT_TRUE(handler.blocking) << "what routes answer, they answer still";
    writer.show({});
    EXPECT_EQ(answered(handler, Method::get, path), "200 of the site");
}

TEST_F(Dispatch, WelcomesWhereNothingIsPublished) {
    std::string confinement = "not yet known";
    const http::Handler welcome = make_welcome_handler(confinement);
    confinement = "landlock abi 7";
    EXPECT_NE(answered(welcome, Method::get, "/").find("landlock abi 7"), std::string::npos);
    EXPECT_EQ(answered(welcome, Method::get, health), "200 ok\n");
    EXPECT_EQ(answered(welcome, Method::get, "/neither").substr(0, 4), "404 ");
    EXPECT_FALSE(welcome.blocking);
}

TEST_F(Dispatch, AdminHasNothingOfSiteOrRoutes) {
    for (const char* const path : {"/", "/both.txt", "/route", "/index.html"}) {
        EXPECT_EQ(answered(admin_, Method::get, path), "404 404 Not Found\n") << path;
    }
}

}  // namespace
}  // namespace cloister
