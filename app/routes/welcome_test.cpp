// SPDX-License-Identifier: MIT
#include "routes/welcome.h"

#include <gtest/gtest.h>

#include "routes/test_request.h"

namespace cloister::routes {
namespace {

http::Response welcomed(const std::string& confinement) {
    App app;
    add_welcome(app, confinement);
    return app.answer(request_for(http::Method::get, "/")).response.value();
}

TEST(Welcome, SaysHelloAndTheNextSteps) {
    const http::Response response = welcomed("");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(field_of(response, "Content-Type"), "text/html; charset=utf-8");
    for (const std::string_view part :
         {"<h1>Hello World!</h1>", "cloister --site DIR",
          "systemctl enable --now cloister-http.socket", "prefers-color-scheme: dark"}) {
        EXPECT_NE(body_of(response).find(part), std::string::npos) << part;
    }
}

TEST(Welcome, NeedsNothingFromElsewhereAndMayLoadNothing) {
    const http::Response response = welcomed("");
    EXPECT_EQ(field_of(response, "Content-Security-Policy").find("default-src 'none';"), 0U);
    EXPECT_EQ(field_of(response, "X-Content-Type-Options"), "nosniff");
    for (const std::string_view part :
         {"http:", "https:", "//", "src=", "href=", "url(", "<script"}) {
        EXPECT_EQ(body_of(response).find(part), std::string::npos) << part;
    }
}

TEST(Welcome, EscapesTheConfinement) {
    const std::string page = body_of(welcomed("abi < 7 & <script>alert(1)</script>"));
    EXPECT_NE(page.find("abi &lt; 7 &amp; &lt;script&gt;alert(1)&lt;/script&gt;"),
              std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Welcome, ReadsTheConfinementAnewForEachRequest) {
    App app;
    std::string confinement = "not yet known";
    add_welcome(app, confinement);
    confinement = "landlock abi 7, 19 system calls";
    const auto response = app.answer(request_for(http::Method::get, "/")).response.value();
    EXPECT_NE(body_of(response).find("landlock abi 7, 19 system calls"), std::string::npos);
}

TEST(Welcome, LeavesOtherPathsToTheCaller) {
    App app;
    const std::string confinement;
    add_welcome(app, confinement);
    EXPECT_FALSE(app.answer(request_for(http::Method::get, "/index.html")).response);
}

}  // namespace
}  // namespace cloister::routes
