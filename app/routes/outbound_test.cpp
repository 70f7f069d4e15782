// SPDX-License-Identifier: MIT
#include "routes/outbound.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/limits.h"
#include "routes/app.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

using httplib::DataSink;
constexpr std::size_t limit = base::limits::provided_body_bytes;

httplib::Response answer_of(int status, const std::string& body) {
    httplib::Response response;
    response.status = status;
    response.body = body;
    return response;
}

TEST(Outbound, DropsWhatBelongsToTheSession) {
    auto response = answer_of(200, "body");
    for (const char* const name :
         {"Connection", "keep-alive", "Transfer-Encoding", "content-length", "EXCEPTION_WHAT",
          "Date", "Upgrade", "TE", "Trailer", "Proxy-Connection", "Accept-Ranges"}) {
        response.headers.emplace(name, "x");
    }
    response.headers.emplace("X-Kept", "x");
    const Outcome outcome = take(response, false);
    ASSERT_TRUE(outcome.response);
    ASSERT_EQ(outcome.response->fields.size(), 1U);
    EXPECT_EQ(outcome.response->fields.front().name, "X-Kept");
}

TEST(Outbound, MovesTheBodyOrKeepsIt) {
    auto response = answer_of(200, "a body too long for a small string");
    EXPECT_EQ(body_of(*take(response, true).response), "a body too long for a small string");
    EXPECT_EQ(response.body, "a body too long for a small string");
    EXPECT_EQ(body_of(*take(response, false).response), "a body too long for a small string");
    EXPECT_EQ(response.body, "");
}

struct FieldCase {
    std::string name;
    std::string value;
};

TEST(Outbound, RefusesFieldsThatCouldSplitTheMessage) {
    const FieldCase cases[] = {
        {"X-Bad", "a\r\nSet-Cookie: b"},
        {"X-Bad", "a\n"},
        {"X-Bad", "\r"},
        {"X-Bad", std::string(1, '\0')},
        {"X-Bad", "a\x7f"},
        {"X-Bad", "\x1b[2J"},
        {"X-Bad", std::string("\0\r\nSet-Cookie: b", 16)},
        {"X Bad", "a"},
        {"X-Bad:", "a"},
        {"", "a"},
        {"X-Bad\r\nX", "a"},
        {"X-Bad\xc3\xa9", "a"},
        {"X-Bad(", "a"},
    };
    for (const FieldCase& row : cases) {
        auto response = answer_of(200, "body");
        response.headers.emplace(row.name, row.value);
        const Outcome outcome = take(response, false);
        ASSERT_TRUE(outcome.response);
        EXPECT_EQ(outcome.response->status, 500) << row.name << ": " << row.value;
        EXPECT_EQ(field_of(*outcome.response, row.name), "") << row.name;
        EXPECT_NE(outcome.failure, "");
    }
}

TEST(Outbound, PassesFieldsThatAreMerelyUnusual) {
    for (const std::string value : {"", "a\tb", "\xc3\xa9", "a: b; c=\"d\"", "%0d%0a"}) {
        auto response = answer_of(200, "body");
        response.headers.emplace("X!#$%&'*+-.^_`|~9", value);
        EXPECT_EQ(take(response, false).response->status, 200) << value;
    }
}

TEST(Outbound, RefusesStatusesThatNoAnswerHas) {
    for (const int status : {-1, 0, 100, 101, 199, 600, 999}) {
        auto response = answer_of(status, "body");
        EXPECT_EQ(take(response, false).response->status, 500) << status;
    }
    for (const int status : {200, 299, 599}) {
        auto response = answer_of(status, "body");
        EXPECT_EQ(take(response, false).response->status, status);
    }
}

// What came of the provider that `set` installs, and what its resource releaser was told.
struct Provided {
    int status = 0;
    std::string body;
    std::string reason;
    std::string released;
};

Provided provided_by(
    const std::function<void(httplib::Response&, httplib::ContentProviderResourceReleaser)>& set) {
    Provided provided;
    App app;
    app.Get("/x", [&](const httplib::Request&, httplib::Response& response) {
        set(response, [&](bool success) { provided.released += success ? "success" : "failure"; });
    });
    const Outcome outcome = app.answer(request_for(http::Method::get, "/x"));
    if (outcome.response) {
        provided.status = outcome.response->status;
        provided.body = body_of(*outcome.response);
        provided.reason = outcome.failure;
    }
    return provided;
}

Provided provided_with_length(std::size_t length, const httplib::ContentProvider& provider) {
    return provided_by([&](auto& response, auto releaser) {
        response.set_content_provider(length, "text/plain", provider, releaser);
    });
}

Provided provided_in_chunks(const httplib::ContentProviderWithoutLength& provider) {
    return provided_by([&](auto& response, auto releaser) {
        response.set_chunked_content_provider("text/plain", provider, releaser);
    });
}

TEST(Provider, OfALengthIsCalledUntilItHasMadeIt) {
    const std::string text = "0123456789";
    const auto provided =
        provided_with_length(10, [&](std::size_t offset, std::size_t length, DataSink& sink) {
            EXPECT_EQ(offset + length, 10U);
            return sink.write(text.data() + offset, std::min<std::size_t>(length, 4));
        });
    EXPECT_EQ(provided.status, 200);
    EXPECT_EQ(provided.body, text);
    EXPECT_EQ(provided.released, "success");
}

TEST(Provider, InChunksIsCalledUntilItIsDone) {
    const auto provided = provided_in_chunks([](std::size_t offset, DataSink& sink) {
        EXPECT_TRUE(sink.is_writable());
        sink.os << offset << ';';
        if (offset >= 4) {
            sink.done();
        }
        return true;
    });
    EXPECT_EQ(provided.status, 200);
    EXPECT_EQ(provided.body, "0;2;4;");
    EXPECT_EQ(provided.released, "success");
}

TEST(Provider, WithoutLengthIsCalledUntilItIsDone) {
    const auto provided = provided_by([](auto& response, auto releaser) {
        response.set_content_provider(
            "text/plain",
            [](std::size_t, DataSink& sink) {
                sink.write("all", 3);
                sink.done();
                return true;
            },
            releaser);
    });
    EXPECT_EQ(provided.status, 200);
    EXPECT_EQ(provided.body, "all");
    EXPECT_EQ(provided.released, "success");
}

TEST(Provider, MayUseWhatTheRequestHolds) {
    App app;
    app.Get("/x", [](const httplib::Request& request, httplib::Response& response) {
        response.set_chunked_content_provider("text/plain",
                                              [&request](std::size_t, DataSink& sink) {
                                                  sink.os << request.path;
                                                  sink.done();
                                                  return true;
                                              });
    });
    EXPECT_EQ(body_of(*app.answer(request_for(http::Method::get, "/x")).response), "/x");
}

TEST(Provider, RunsForHeadSoThatItsLengthIsTold) {
    App app;
    app.Get("/x", [](const httplib::Request&, httplib::Response& response) {
        response.set_content_provider(
            3, "text/plain",
            [](std::size_t, std::size_t, DataSink& sink) { return sink.write("abc", 3); });
    });
    EXPECT_EQ(body_of(*app.answer(request_for(http::Method::head, "/x")).response), "abc");
}

void expect_failure(const Provided& provided, std::string_view reason) {
    EXPECT_EQ(provided.status, 500);
    EXPECT_EQ(provided.body, "500 Internal Server Error\n");
    EXPECT_NE(provided.reason.find(reason), std::string::npos) << provided.reason;
    EXPECT_EQ(provided.released, "failure");
}

TEST(Provider, ThatGivesUpMeans500) {
    expect_failure(provided_in_chunks([](std::size_t, DataSink& sink) {
                       sink.write("half", 4);
                       return false;
                   }),
                   "gave up");
    expect_failure(
        provided_with_length(8, [](std::size_t, std::size_t, DataSink&) { return false; }),
        "gave up");
}

TEST(Provider, ThatThrowsMeans500) {
    expect_failure(provided_in_chunks([](std::size_t, DataSink&) -> bool {
                       throw std::runtime_error("disk gone");
                   }),
                   "disk gone");
}

// An empty object of a store, say: there is nothing to make, and nobody says "done".
TEST(Provider, OfNoBytesMakesAnEmptyBody) {
    const auto provided =
        provided_with_length(0, [](std::size_t, std::size_t, DataSink&) { return true; });
    EXPECT_EQ(provided.status, 200);
    EXPECT_EQ(provided.body, "");
    EXPECT_EQ(provided.released, "success");
}

TEST(Provider, ThatIsCalledInVainAgainAndAgainMeans500) {
    expect_failure(provided_in_chunks([](std::size_t, DataSink&) { return true; }), "made nothing");
    expect_failure(
        provided_with_length(8, [](std::size_t, std::size_t, DataSink&) { return true; }),
        "made nothing");
}

TEST(Provider, MayMakeNothingNowAndThen) {
    int calls = 0;
    const auto provided = provided_in_chunks([&](std::size_t, DataSink& sink) {
        if (++calls % 10 == 0) {
            sink.write("x", 1);
        }
        if (calls == 50) {
            sink.done();
        }
        return true;
    });
    EXPECT_EQ(provided.body, "xxxxx");
}

TEST(Provider, MayMakeAsMuchAsTheLimit) {
    const std::string piece(limit / 4, 'a');
    const auto provided = provided_in_chunks([&](std::size_t offset, DataSink& sink) {
        const bool written = sink.write(piece.data(), piece.size());
        if (offset + piece.size() == limit) {
            sink.done();
        }
        return written;
    });
    EXPECT_EQ(provided.status, 200);
    EXPECT_EQ(provided.body.size(), limit);
}

TEST(Provider, ThatMakesMoreThanTheLimitMeans500) {
    const std::string piece(limit / 4, 'a');
    bool told = true;
    const auto provided = provided_in_chunks([&](std::size_t offset, DataSink& sink) {
        if (offset + piece.size() > limit) {
            EXPECT_TRUE(sink.is_writable());
            told = sink.write("a", 1);
            EXPECT_FALSE(sink.is_writable());
            return true;
        }
        return sink.write(piece.data(), piece.size());
    });
    expect_failure(provided, "more than limits::provided_body_bytes");
    EXPECT_FALSE(told);
}

TEST(Provider, OfALengthAboveTheLimitIsNotEvenCalled) {
    expect_failure(provided_with_length(limit + 1,
                                        [](std::size_t, std::size_t, DataSink&) {
                                            ADD_FAILURE() << "called";
                                            return false;
                                        }),
                   "announced more");
}

TEST(Provider, ThatMissesItsLengthMeans500) {
    expect_failure(provided_with_length(3,
                                        [](std::size_t, std::size_t, DataSink& sink) {
                                            sink.write("abcd", 4);
                                            return true;
                                        }),
                   "more than the length");
    expect_failure(provided_with_length(3,
                                        [](std::size_t, std::size_t, DataSink& sink) {
                                            sink.write("ab", 2);
                                            sink.done();
                                            return true;
                                        }),
                   "less than the length");
}

TEST(Provider, OfAHandlerThatThrowsIsReleasedUnused) {
    const auto provided = provided_by([](auto& response, auto releaser) {
        response.set_chunked_content_provider(
            "text/plain",
            [](std::size_t, DataSink&) {
                ADD_FAILURE() << "called";
                return false;
            },
            releaser);
        throw std::runtime_error("after all");
    });
    expect_failure(provided, "after all");
}

}  // namespace
}  // namespace cloister::routes
