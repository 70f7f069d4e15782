// SPDX-License-Identifier: MIT
#include "welcome.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister {
namespace {

http::Response answered(http::Method method, std::string_view path,
                        std::string_view confinement = "") {
    http::Request request;
    request.method = method;
    request.target = request.path = path;
    return respond_welcome(request, confinement);
}

http::Response welcomed(std::string_view confinement) {
    return answered(http::Method::get, "/", confinement);
}

std::string body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

std::string field_of(const http::Response& response, std::string_view name) {
    for (const http::ResponseField& field : response.fields) {
        if (field.name == name) {
            return field.value;
        }
    }
    return "";
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

TEST(Welcome, IsOnePageThatCanOnlyBeRead) {
    EXPECT_EQ(answered(http::Method::head, "/").status, 200);
    EXPECT_EQ(answered(http::Method::get, "/index.html").status, 404);
    const http::Response refused = answered(http::Method::post, "/");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(field_of(refused, "Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace cloister
