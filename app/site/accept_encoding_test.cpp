// SPDX-License-Identifier: MIT
#include "site/accept_encoding.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "http/fields.h"

namespace cloister::site {
namespace {

// Each shorter than the one before it, as codings usually are.
constexpr std::array offers = {Offer{Coding::identity, 1000}, Offer{Coding::gzip, 400},
                               Offer{Coding::zstandard, 350}, Offer{Coding::brotli, 300}};

AcceptedCodings accepted(std::initializer_list<std::string_view> lists) {
    http::Request request;
    for (const std::string_view list : lists) {
        http::append_field("Accept-Encoding", list, request);
    }
    return AcceptedCodings::of(request);
}

// The name of what is chosen; "" for nothing.
std::string_view choice(std::string_view list, std::span<const Offer> among = offers) {
    const auto chosen = accepted({list}).choose(among);
    return chosen ? name_of(among[*chosen].coding) : "";
}

struct Case {
    std::string_view list;
    std::string_view expected;
};

TEST(AcceptEncoding, SaysWhatBrowsersAndToolsGet) {
    for (const Case& row : {
             Case{"gzip, deflate, br", "br"},          // a browser over TLS, until 2024
             Case{"gzip, deflate, br, zstd", "br"},    // and since
             Case{"gzip, deflate", "gzip"},            // a browser over plain HTTP
             Case{"deflate, gzip, br, zstd", "br"},    // curl --compressed
             Case{"gzip,deflate", "gzip"},             // crawlers
             Case{"identity", "identity"},             // wget, and browsers for media
             Case{"identity;q=1, *;q=0", "identity"},  // a browser for a part of a video
             Case{"gzip;q=1.0,deflate;q=0.6,identity;q=0.3", "gzip"},  // libraries of Ruby
         }) {
        EXPECT_EQ(choice(row.list), row.expected) << row.list;
    }
}

// RFC 9110 12.5.3.
TEST(AcceptEncoding, ReadsTheExamplesOfTheStandard) {
    for (const Case& row : {
             Case{"compress, gzip", "gzip"},
             Case{"", "identity"},
             Case{"*", "br"},
             Case{"compress;q=0.5, gzip;q=1.0", "gzip"},
             Case{"gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"},
         }) {
        EXPECT_EQ(choice(row.list), row.expected) << row.list;
    }
}

TEST(AcceptEncoding, SendsIdentityToThoseWhoSayNothing) {
    EXPECT_EQ(accepted({}).choose(offers), 0U);
    EXPECT_EQ(accepted({}).weight(Coding::gzip), 0U);
}

TEST(AcceptEncoding, TakesTheGreatestWeight) {
    for (const Case& row : {
             Case{"br;q=0.8, gzip;q=0.9", "gzip"},
             Case{"br;q=0.899, gzip;q=0.9", "gzip"},
             Case{"gzip;q=0.001", "gzip"},
             Case{"identity;q=1, br;q=0.5", "identity"},
             Case{"identity;q=0.5, br;q=0.4, gzip;q=0.1", "identity"},
             Case{"*;q=0.5, gzip", "gzip"},
             Case{"*;q=0.1, gzip;q=0", "br"},
         }) {
        EXPECT_EQ(choice(row.list), row.expected) << row.list;
    }
}

TEST(AcceptEncoding, TakesTheShortestOfEqualWeights) {
    EXPECT_EQ(choice("identity, gzip, br"), "br");
    EXPECT_EQ(choice("br, gzip, identity, zstd"), "br");
    EXPECT_EQ(choice("br;q=0.5, zstd;q=0.5"), "br");
    constexpr std::array small = {Offer{Coding::brotli, 300}, Offer{Coding::gzip, 200},
                                  Offer{Coding::zstandard, 200}};
    EXPECT_EQ(choice("br, gzip, zstd", small), "gzip");
}

TEST(AcceptEncoding, NeverSendsWhatIsRefused) {
    for (const Case& row : {
             Case{"br;q=0, gzip", "gzip"},
             Case{"br;q=0.000, gzip;q=0.0, zstd;q=0., *", "identity"},
             Case{"gzip;q=0", "identity"},
             Case{"deflate", "identity"},
             Case{"identity;q=0", ""},
             Case{"*;q=0", ""},
             Case{"deflate, *;q=0", ""},
             Case{"identity;q=0, gzip;q=0.1", "gzip"},
             Case{"*;q=0, br", "br"},
             Case{"*;q=0, identity;q=0.001", "identity"},
             Case{"identity;q=0, *", "br"},
         }) {
        EXPECT_EQ(choice(row.list), row.expected) << row.list;
    }
}

TEST(AcceptEncoding, WantsWhatIsThere) {
    constexpr std::array plain = {Offer{Coding::identity, 1000}};
    constexpr std::array coded = {Offer{Coding::gzip, 1000}};
    EXPECT_EQ(choice("br, gzip", plain), "identity");
    EXPECT_EQ(choice("br, gzip", coded), "gzip");
    EXPECT_EQ(choice("br", coded), "");
    EXPECT_EQ(choice("br", {}), "");
}

TEST(AcceptEncoding, ReadsAllFieldsAsOneList) {
    EXPECT_EQ(accepted({"gzip", "br"}).choose(offers), 3U);
    EXPECT_EQ(accepted({"br;q=0", "*"}).choose(offers), 2U);
    EXPECT_EQ(accepted({"gzip;q=0", "identity;q=0"}).choose(offers), std::nullopt);
}

TEST(AcceptEncoding, OfTwoMembersForOneCodingTheFirstCounts) {
    EXPECT_EQ(choice("gzip;q=0, gzip"), "identity");
    EXPECT_EQ(choice("gzip, gzip;q=0"), "gzip");
    EXPECT_EQ(choice("gzip, x-gzip;q=0"), "gzip");
}

TEST(AcceptEncoding, HasNoCaseAndAnOldNameForGzip) {
    EXPECT_EQ(choice("GZip"), "gzip");
    EXPECT_EQ(choice("BR;Q=0.5"), "br");
    EXPECT_EQ(choice("x-gzip"), "gzip");
    EXPECT_EQ(choice("X-GZIP;q=0.5"), "gzip");
}

TEST(AcceptEncoding, AllowsWhiteSpaceWhereTheGrammarDoes) {
    EXPECT_EQ(choice("\tgzip\t;\tq=0\t, br \t"), "br");
    EXPECT_EQ(choice(",, ,\t, gzip,,"), "gzip");
    EXPECT_EQ(choice("gzip;q =0"), "identity");
    EXPECT_EQ(choice("gzip;q= 0"), "identity");
}

TEST(AcceptEncoding, MalformedMembersAreNotThere) {
    for (const std::string_view list :
         {"gzip;",         "gzip;q",     "gzip;q=",       "gzip;q=2",     "gzip;q=1.001",
          "gzip;q=0.1234", "gzip;q=-1",  "gzip;q=1.0000", "gzip;q=.5",    "gzip;q=0,5",
          "gzip;q=a",      "gzip;q=0.a", "gzip;q=1x",     "gzip;q=1;q=1", "gzip;level=1",
          "gzip q=1",      "gzip/1",     "\"gzip\"",      "gzi",          "gzipp",
          "gzip;q=+1",     "gzip;q=1e0", "gzip br",       ";q=1",         "; q=1, ;"}) {
        EXPECT_EQ(choice(list), "identity") << list;
        EXPECT_EQ(choice("br, " + std::string(list)), "br") << list;
    }
}

TEST(AcceptEncoding, WeightsAreTwiceTheirThousandths) {
    struct Weighed {
        std::string_view list;
        unsigned weight;
    };

    for (const Weighed& row :
         {Weighed{"br", 2000}, Weighed{"br;q=1", 2000}, Weighed{"br;q=1.", 2000},
          Weighed{"br;q=1.000", 2000}, Weighed{"br;q=0.999", 1998}, Weighed{"br;q=0.5", 1000},
          Weighed{"br;q=0.05", 100}, Weighed{"br;q=0.001", 2}, Weighed{"br;q=0.", 0},
          Weighed{"br;q=0", 0}, Weighed{"gzip", 0}}) {
        EXPECT_EQ(accepted({row.list}).weight(Coding::brotli), row.weight) << row.list;
    }
    EXPECT_EQ(accepted({"gzip"}).weight(Coding::identity), 1U);
}

TEST(AcceptEncoding, SurvivesAListOfAnyLength) {
    std::string list;
    for (int i = 0; i < 4000; ++i) {
        list += "a,";
    }
    EXPECT_EQ(choice(list + "gzip"), "gzip");
    EXPECT_EQ(choice(std::string(8000, ';')), "identity");
}

}  // namespace
}  // namespace cloister::site
