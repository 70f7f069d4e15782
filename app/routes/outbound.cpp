// SPDX-License-Identifier: MIT
#include "routes/outbound.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "http/fields.h"
#include "http/response_head.h"

namespace cloister::routes {

namespace {

// Lower case.
constexpr std::array<std::string_view, 11> dropped_names = {
    "accept-ranges",      // no Range reaches a route
    "connection",         // the connection is the session's
    "content-length",     // counted by the session
    "date",               // added by the session
    "exception_what",     // the text of an exception is not for clients (CVE-2026-28434)
    "keep-alive",         // the connection is the session's
    "proxy-connection",   // the connection is the session's
    "te",                 // hop by hop
    "trailer",            // no trailers are sent
    "transfer-encoding",  // framing is the session's
    "upgrade",            // the connection is the session's
};

bool is_dropped(std::string_view name) {
    return std::any_of(dropped_names.begin(), dropped_names.end(),
                       [name](auto lower) { return http::equals_ignoring_case(name, lower); });
}

// What a content provider has written so far.
struct Collected {
    std::string body;
    std::size_t most_bytes;
    bool done = false;
    bool overflowed = false;

    bool add(std::string_view bytes) {
        overflowed = overflowed || bytes.size() > most_bytes - body.size();
        if (!overflowed) {
            body.append(bytes);
        }
        return !overflowed;
    }
};

// What DataSink::os writes to; the one that 0.11.4 brings fails on numbers, as it takes no single
// characters.
class CollectedBuffer final : public std::streambuf {
  public:
    explicit CollectedBuffer(Collected& collected) : collected_(collected) {}

  protected:
    int_type overflow(int_type byte) override {
        const char c = traits_type::to_char_type(byte);
        return collected_.add({&c, 1}) ? traits_type::not_eof(byte) : traits_type::eof();
    }

    std::streamsize xsputn(const char* bytes, std::streamsize size) override {
        return collected_.add({bytes, static_cast<std::size_t>(size)}) ? size : 0;
    }

  private:
    Collected& collected_;
};

// Connects `sink` to `collected`; a template because done_with_trailer is not in every version.
template <class Sink>
void connect(Sink& sink, Collected& collected) {
    sink.write = [&collected](const char* bytes, std::size_t size) {
        return collected.add({bytes, size});
    };
    sink.is_writable = [&collected] { return !collected.overflowed; };
    sink.done = [&collected] { collected.done = true; };
    if constexpr (requires { sink.done_with_trailer; }) {
        sink.done_with_trailer = [&collected](const auto& /*trailer*/) { collected.done = true; };
    }
}

// Runs `provider` until it has made its `length` bytes, or if that is 0 until it says that it is
// done. cpp-httplib's API does not tell "no bytes" from "of unknown length" unless it is to be
// `chunked`, so without that a first call that makes nothing ends it too. Returns what went wrong,
// or nothing.
std::string_view collect(const httplib::ContentProvider& provider, std::size_t length, bool chunked,
                         std::string& body) {
    constexpr std::size_t limit = base::limits::provided_body_bytes;
    if (length > limit) {
        return "a content provider announced more than limits::provided_body_bytes";
    }
    Collected collected{.body = {}, .most_bytes = length == 0 ? limit : length};
    CollectedBuffer buffer(collected);
    httplib::DataSink sink;
    connect(sink, collected);
    sink.os.rdbuf(&buffer);
    const auto is_complete = [&] {
        return collected.done || (length != 0 && collected.body.size() == length);
    };
    bool goes_on = true;
    std::size_t fruitless = 0;  // calls in a row
    while (goes_on && !is_complete() && !collected.overflowed) {
        const std::size_t made = collected.body.size();
        goes_on = provider(made, length == 0 ? 0 : length - made, sink);
        fruitless = collected.body.size() == made ? fruitless + 1 : 0;
        collected.done = collected.done || (fruitless == 1 && made == 0 && length == 0 && !chunked);
        if (fruitless > base::limits::fruitless_call_count && !collected.done) {
            return "a content provider was called again and again and made nothing";
        }
    }
    if (collected.overflowed) {
        return length == 0 ? "a content provider wrote more than limits::provided_body_bytes"
                           : "a content provider wrote more than the length it announced";
    }
    if (!goes_on) {
        return "a content provider gave up";
    }
    if (length != 0 && collected.body.size() != length) {
        return "a content provider wrote less than the length it announced";
    }
    body = std::move(collected.body);
    return {};
}

}  // namespace

Outcome take(httplib::Response& response, bool keep_body) {
    std::string body = keep_body ? response.body : std::move(response.body);
    const auto provider = std::exchange(response.content_provider_, nullptr);
    if (body.empty() && provider) {
        const std::string_view trouble = collect(provider, response.content_length_,
                                                 response.is_chunked_content_provider_, body);
        if (!trouble.empty()) {
            return failed(trouble);
        }
        response.content_provider_success_ = true;
    }
    http::Response answer;
    answer.status = response.status;
    for (const auto& [name, value] : response.headers) {
        if (!is_dropped(name)) {
            answer.fields.push_back({name, value});
        }
    }
    if (!http::is_well_formed(answer)) {
        return failed("a handler's status or header could not be sent");
    }
    if (answer.status == 404 && body.empty()) {
        return {};
    }
    if (!body.empty()) {
        answer.body = std::move(body);
    }
    return {std::move(answer), {}};
}

}  // namespace cloister::routes
