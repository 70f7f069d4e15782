// SPDX-License-Identifier: MIT
// What a server is asked and what it answers, free of any protocol version: HTTP/1.1 and HTTP/2
// both read a Request and write a Response, and one Handler stands between (RFC 9110).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/peer.h"
#include "http/field_block.h"

namespace cloister::http {

// The methods of RFC 9110 9.3 and RFC 5789; any other token is answered 501 before a Request
// exists.
enum class Method : std::uint8_t { get, head, post, put, patch, del, options, trace, connect };

// "GET" and so on.
std::string_view name_of(Method method);

// The method of that name, which has case (RFC 9110 9.1), or nothing.
std::optional<Method> method_named(std::string_view name);

// The fields that some part of the server acts on; everything else is `other`.
enum class Known : std::uint8_t {
    other,
    accept_encoding,
    connection,
    content_encoding,
    content_length,
    content_type,
    expect,
    host,
    if_match,
    if_modified_since,
    if_none_match,
    if_range,
    if_unmodified_since,
    keep_alive,
    range,
    te,
    trailer,
    transfer_encoding,
    upgrade,
};

// One field line of a request, as sent, without the white space around the value. The views belong
// to the Request.
struct Field {
    std::string_view name;
    std::string_view value;
    Known known = Known::other;
};

// A validated request. Views point into the connection's input, or what was decoded from it, and
// are valid only during the call that carries the Request; whoever keeps it longer keeps a
// detached() copy.
struct Request {
    Method method = Method::get;
    std::string_view target;  // as sent, in origin form: "/a%20b?c=d"; "*" for OPTIONS *
    std::string_view
        path;  // decoded once, dot segments removed, begins with '/': "/a b"; "*" for OPTIONS *
    std::string_view query;      // as sent, after the '?': "c=d"
    std::string_view authority;  // host, or host:port, from the target or the Host field
    std::vector<Field> fields;   // in the order sent
    std::string body;            // whole; empty for a handler that answers before the body came
    base::Peer peer;             // who asked
    bool secure = false;         // came over TLS

    // Whether there is such a field; costs next to nothing.
    [[nodiscard]] bool has(Known known) const {
        return (present >> static_cast<unsigned>(known) & 1U) != 0;
    }

    // The value of the first such field, or nothing.
    [[nodiscard]] std::optional<std::string_view> field(Known known) const {
        return has(known) ? first(known) : std::nullopt;
    }

    // How many such fields there are.
    [[nodiscard]] std::size_t count(Known known) const;

    // A copy that owns all that its views point to; the body moves along.
    [[nodiscard]] Request detached() &&;

    // Forgets everything but keeps allocations, for the next request of the loop.
    void clear();

    // Bytes that views point to when they are not in the connection's input: a decoded path, a
    // detached copy.
    std::vector<char> storage;
    std::uint32_t present = 0;  // bit per Known, so that asking for an absent field costs nothing

  private:
    [[nodiscard]] std::optional<std::string_view> first(Known known) const;
};

// Part of an open file; the descriptor belongs to the site, which outlives every response.
struct FileWindow {
    int fd = -1;
    std::uint64_t offset = 0;  // bytes
    std::uint64_t length = 0;  // bytes
};

// Bytes of a body: lent (they outlive the response), owned, or a window of a file.
using Piece = std::variant<std::string_view, std::string, FileWindow>;

// Several, one behind the other: a body with parts of a file.
struct Pieces {
    std::vector<Piece> all;
};

// The body: none, one of what a piece may be, or several.
using Body = std::variant<std::monostate, std::string_view, std::string, FileWindow, Pieces>;

// Bytes.
std::uint64_t size_of(const Body& body);
std::uint64_t size_of(const Piece& piece);

// An answer. Date, Content-Length and Connection are the session's to add; for HEAD it leaves the
// body away, so a handler answers HEAD as it answers GET.
struct Response {
    int status = 200;                   // 200 to 599
    std::array<FieldBlock, 3> shared;   // lent; sent in this order
    std::vector<ResponseField> fields;  // after the shared ones
    Body body;
    bool close = false;  // end the connection after this answer
};

// "Not Found" for 404; RFC 9110 15. Empty for a status nobody registered.
std::string_view reason_phrase(int status);

// A short text/plain answer that says the status in words, for errors that have no page of their
// own.
Response plain_answer(int status);

// Answers requests, for every protocol.
struct Handler {
    // Called on a loop: answers at once and never blocks, or returns nothing, and then the request
    // (with its body) goes to `blocking` on a worker thread. May be called for a request whose body
    // has not come yet.
    std::function<std::optional<Response>(const Request&)> immediate;

    // Called on a worker thread, by several at once; may block. Empty: `immediate` answers
    // everything and no worker is needed. Must not throw.
    std::function<Response(const Request&)> blocking;
};

}  // namespace cloister::http
