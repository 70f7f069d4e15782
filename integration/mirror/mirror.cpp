// SPDX-License-Identifier: MIT
// A program whose routes show the client what handlers see, and answer in every way that handlers
// can. The cases of test_protocols.py ask it over each protocol; it is never installed.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "cloister.h"

namespace {

using httplib::Request;
using httplib::Response;

constexpr const char* text = "text/plain; charset=utf-8";

// FNV-1a: tells bodies apart that are too long to be repeated.
std::string digest(const std::string& content) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : content) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
    return std::to_string(hash);
}

// Names of fields have no case (RFC 9110 5.1), and over HTTP/2 they have lost it.
std::string lower_case(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

// Everything that a handler can see, one thing a line. The client's port is left away, because
// every connection has another.
std::string description(const Request& request) {
    constexpr std::size_t repeated_bytes = 1024;
    std::string lines = request.method + ' ' + request.target + ' ' + request.version + '\n';
    lines += "path " + request.path + '\n';
    for (const auto& match : request.matches) {
        lines += "match " + match.str() + '\n';
    }
    for (const auto& [name, value] : request.params) {
        lines.append("parameter ").append(name).append("=").append(value).append("\n");
    }
    for (const auto& [name, value] : request.headers) {
        lines.append("field ").append(lower_case(name)).append(": ").append(value).append("\n");
    }
    lines += "client " + request.remote_addr + '\n';
    lines += "ranges " + std::to_string(request.ranges.size()) + '\n';
    lines += "body " + std::to_string(request.body.size()) + ' ';
    lines += request.body.size() > repeated_bytes ? digest(request.body) : request.body;
    return lines + '\n';
}

void echo(const Request& request, Response& response) {
    response.set_content(description(request), text);
}

// "abc...zabc...", of any length.
std::string pattern(std::size_t begin, std::size_t length) {
    std::string content(length, '\0');
    for (std::size_t at = 0; at < length; ++at) {
        content[at] = static_cast<char>('a' + (begin + at) % 26);
    }
    return content;
}

std::size_t number_in(const Request& request) {
    return std::stoul(request.matches[1].str());
}

// The parts of a content provider; the last is shorter.
constexpr std::size_t part_bytes = 10'000;

void add_echoes(cloister::App& app) {
    constexpr const char* anything = "/echo(/.*)?";
    app.Get(anything, echo);
    app.Post(anything, echo);
    app.Put(anything, echo);
    app.Patch(anything, echo);
    app.Delete(anything, echo);
    app.Options(anything, echo);
    app.Post("/reader", [](const Request&, Response& response, const httplib::ContentReader& read) {
        std::string content;
        read([&content](const char* bytes, std::size_t size) {
            content.append(bytes, size);
            return true;
        });
        response.set_content(std::to_string(content.size()) + ' ' + digest(content), text);
    });
}

void add_statuses(cloister::App& app) {
    app.Get(R"(/status/(\d{3}))", [](const Request& request, Response& response) {
        response.status = static_cast<int>(number_in(request));
        if (request.has_param("body")) {
            response.set_content(request.get_param_value("body"), text);
        }
        if (request.has_param("to")) {
            response.set_header("Location", request.get_param_value("to"));
        }
    });
    app.Get("/moved", [](const Request&, Response& response) {
        response.set_redirect("/echo?from=moved", 302);
    });
    app.Get("/throw", [](const Request&, Response&) { throw std::runtime_error("a secret"); });
}

void add_fields(cloister::App& app) {
    app.Get("/fields", [](const Request&, Response& response) {
        response.set_header("Set-Cookie", "first=1; Path=/");
        response.set_header("Set-Cookie", "second=2; HttpOnly");
        response.set_header("X-UPPER-CASE", "Value");
        response.set_header("X-Empty", "");
        response.set_header("X-Beyond-Ascii", "gr\xc3\xbc\xc3\x9f");
        response.set_content("fields", text);
    });
    // The session has the last word on these, or they have no place in a message of today.
    app.Get("/fields/of_the_session", [](const Request&, Response& response) {
        for (const char* name :
             {"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "TE",
              "Trailer", "Date", "Accept-Ranges", "EXCEPTION_WHAT"}) {
            response.set_header(name, "chunked");
        }
        response.set_header("Content-Length", "3");
        response.set_content("fields", text);
    });
    app.Get("/fields/padded", [](const Request&, Response& response) {
        response.set_header("X-Padded", " \t value \t ");
        response.set_content("fields", text);
    });
    app.Get("/fields/broken", [](const Request&, Response& response) {
        response.set_header("X-Broken", "a\x01z");
        response.set_content("fields", text);
    });
    app.Get("/fields/pseudo", [](const Request&, Response& response) {
        response.set_header(":status", "200");
        response.set_content("fields", text);
    });
}

void add_contents(cloister::App& app) {
    app.Get(R"(/content/(\d+))", [](const Request& request, Response& response) {
        response.set_content(pattern(0, number_in(request)), text);
    });
    app.Get(R"(/provided/(\d+))", [](const Request& request, Response& response) {
        response.set_content_provider(
            number_in(request), text,
            [](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                const std::string part = pattern(offset, std::min(length, part_bytes));
                return sink.write(part.data(), part.size());
            });
    });
    app.Get(R"(/chunked/(\d+))", [](const Request& request, Response& response) {
        response.set_chunked_content_provider(
            text, [whole = number_in(request)](std::size_t offset, httplib::DataSink& sink) {
                const std::string part = pattern(offset, std::min(whole - offset, part_bytes));
                if (part.empty()) {
                    sink.done();
                    return true;
                }
                return sink.write(part.data(), part.size());
            });
    });
    app.Get("/given_up", [](const Request&, Response& response) {
        response.set_content_provider(
            10, text, [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
    });
}

}  // namespace

int main(int argc, char** argv) {
    cloister::App app;
    add_echoes(app);
    add_statuses(app);
    add_fields(app);
    add_contents(app);
    return cloister::run(app, argc, argv);
}
