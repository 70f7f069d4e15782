// SPDX-License-Identifier: MIT
// Says how our HTTP/1.1 frames what others mangled: for each input, the requests that it accepted,
// with the place where each ends, and how it came to its own end.
//
// In: inputs, each behind its length in 4 bytes, the lowest first. Out: a line of JSON for each,
// {"messages": [{"method", "target", "body": in hexadecimal, "end": bytes before what follows}],
// "end": "open", "incomplete", "closed" or "refused STATUS"}, as differential/readers.py has them.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/http1.h"

namespace {

using namespace cloister::http;

std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4U];
        text += digits[static_cast<unsigned char>(byte) & 0xfU];
    }
    return text;
}

class Connection {
  public:
    // One byte at a time, so that a request's last byte is the one that brought it.
    void receive(std::string_view bytes) {
        for (std::size_t at = 0; at < bytes.size() && session_.phase() != Phase::done; ++at) {
            Turn turn = this->turn();
            session_.receive(bytes.substr(at, 1), turn);
            note(at + 1);
        }
    }

    [[nodiscard]] std::string json() const {
        return R"({"messages": [)" + messages_ + R"(], "end": ")" + end() + "\"}";
    }

  private:
    Turn turn() {
        return {.handler = handler_,
                .date = "Sun, 06 Nov 1994 08:49:37 GMT",
                .scratch = scratch_,
                .output = output_,
                .deferred = deferred_};
    }

    // What the last byte has brought: a request, to be answered at once; or a refusal.
    void note(std::size_t end) {
        for (Deferred& deferred : std::exchange(deferred_, {})) {
            const Request& request = deferred.request;
            messages_ += messages_.empty() ? "" : ", ";
            messages_ += R"({"method": ")" + std::string(name_of(request.method)) +
                         R"(", "target": ")" + hexadecimal(request.target) + R"(", "body": ")" +
                         hexadecimal(request.body) + R"(", "end": )" + std::to_string(end) + "}";
            Turn turn = this->turn();
            session_.answer(deferred.stream, Response{.status = 204}, turn);
        }
        std::array<char, 64> begin{};
        const std::string_view sent(begin.data(), output_.copy_next(begin));
        constexpr std::string_view version = "HTTP/1.1 ";
        if (session_.phase() == Phase::lingering && refused_.empty()) {
            refused_ = "refused " + std::string(sent.substr(version.size(), 3));
        }
        output_.clear();
    }

    [[nodiscard]] std::string end() const {
        if (!refused_.empty()) {
            return refused_;
        }
        switch (session_.phase()) {
            case Phase::done:
                return "closed";
            case Phase::fresh:
            case Phase::idle:
                return "open";
            default:
                return "incomplete";
        }
    }

    // Nothing is answered before its body has come.
    Handler handler_ = {.immediate = [](const Request&) { return std::nullopt; }, .blocking = {}};
    Http1 session_{cloister::base::Peer(), false};
    Request scratch_;
    cloister::base::Output output_;
    std::vector<Deferred> deferred_;
    std::string messages_;
    std::string refused_;
};

bool read_exactly(std::string& bytes) {
    return std::fread(bytes.data(), 1, bytes.size(), stdin) == bytes.size();
}

}  // namespace

int main() {
    std::string length(4, '\0');
    while (read_exactly(length)) {
        std::size_t count = 0;
        for (std::size_t at = length.size(); at-- > 0;) {
            count = count << 8U | static_cast<unsigned char>(length[at]);
        }
        std::string input(count, '\0');
        if (!read_exactly(input)) {
            return 1;
        }
        Connection connection;
        connection.receive(input);
        std::printf("%s\n", connection.json().c_str());
        std::fflush(stdout);
    }
    return 0;
}
