// SPDX-License-Identifier: MIT
#include "http/response_head.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace cloister::http {
namespace {

std::string rendered(const Response& response, Persistence persistence = {}) {
    base::Output output;
    append_response_head(response, "DATE", persistence, output);
    EXPECT_TRUE(output.front().last) << "a head is one piece";
    return {output.front().data, output.front().length};
}

Response with_field(std::string name, std::string value) {
    Response response;
    response.fields.push_back({std::move(name), std::move(value)});
    return response;
}

TEST(ResponseHead, HasDateFieldsAndLength) {
    const std::string shared = FieldBlock::render(std::vector<ResponseField>{{"ETag", "\"x\""}});
    Response response = with_field("Allow", "GET");
    response.shared[1] = FieldBlock(shared.data());
    response.body = std::string_view("hello");
    EXPECT_EQ(
        rendered(response),
        "HTTP/1.1 200 OK\r\nDate: DATE\r\nETag: \"x\"\r\nAllow: GET\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseHead, WritesItsStatus) {
    Response response;
    response.status = 404;
    EXPECT_EQ(rendered(response),
              "HTTP/1.1 404 Not Found\r\nDate: DATE\r\nContent-Length: 0\r\n\r\n");
    response.status = 299;  // The space stays even where the phrase is empty (RFC 9112 4).
    EXPECT_EQ(rendered(response), "HTTP/1.1 299 \r\nDate: DATE\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHead, WritesLengthsBeyond32Bits) {
    Response response;
    response.body = FileWindow{.fd = 3, .offset = 0, .length = 18'446'744'073'709'551'615U};
    EXPECT_NE(rendered(response).find("Content-Length: 18446744073709551615\r\n"),
              std::string::npos);
}

TEST(ResponseHead, HasNoLengthWhereThereIsNoBody) {
    for (const int status : {204, 304}) {
        Response response;
        response.status = status;
        response.body = std::string_view("a mistake of the handler");
        EXPECT_EQ(rendered(response).find("Content-Length"), std::string::npos) << status;
        EXPECT_TRUE(is_bodiless(status));
    }
    for (const int status : {200, 206, 404, 416}) {
        EXPECT_FALSE(is_bodiless(status)) << status;
    }
}

TEST(ResponseHead, AnnouncesTheEndOfTheConnection) {
    const std::string lines = "HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Length: 0\r\n";
    EXPECT_EQ(rendered({}, {.close = true}), lines + "Connection: close\r\n\r\n");
    EXPECT_EQ(rendered({}, {.close = true, .http_1_0 = true}), lines + "Connection: close\r\n\r\n");
}

TEST(ResponseHead, EchoesKeepAliveToHttp10Alone) {
    const std::string lines = "HTTP/1.1 200 OK\r\nDate: DATE\r\nContent-Length: 0\r\n";
    EXPECT_EQ(rendered({}, {.http_1_0 = true}), lines + "Connection: keep-alive\r\n\r\n");
    EXPECT_EQ(rendered({}), lines + "\r\n");
}

TEST(WellFormed, AreOrdinaryFields) {
    for (const std::string value : {"", "plain", "a\tb", "\"quoted\", list;q=0.5", "\xc3\xa4"}) {
        EXPECT_TRUE(is_well_formed(with_field("X-Name", value))) << value;
    }
    EXPECT_TRUE(is_well_formed(Response()));
}

TEST(WellFormed, AreNoFieldsThatEndTheirLine) {
    for (const std::string& value :
         {std::string("a\r\nSet-Cookie: b"), std::string("a\rb"), std::string("a\nb"),
          std::string("a\0b", 3), std::string("\x7f"), std::string("\x1b[2J"),
          std::string("a\r\n\r\n<script>")}) {
        EXPECT_FALSE(is_well_formed(with_field("Location", value))) << value;
    }
    for (const std::string name : {"", "a b", "a:b", "a\r\nb", "a\n", ":", "\xc3\xa4", "a("}) {
        EXPECT_FALSE(is_well_formed(with_field(name, "value"))) << name;
    }
}

TEST(WellFormed, AreNoFieldsThatOnlyTheSessionMayWrite) {
    for (const std::string name :
         {"Content-Length", "content-length", "Transfer-Encoding", "CONNECTION"}) {
        EXPECT_FALSE(is_well_formed(with_field(name, "5"))) << name;
    }
}

TEST(WellFormed, AreStatusesOfFinalAnswersAlone) {
    Response response;
    for (const int status : {200, 204, 304, 418, 599}) {
        response.status = status;
        EXPECT_TRUE(is_well_formed(response)) << status;
    }
    for (const int status : {-1, 0, 99, 100, 101, 199, 600, 1000}) {
        response.status = status;
        EXPECT_FALSE(is_well_formed(response)) << status;
    }
}

}  // namespace
}  // namespace cloister::http
