// SPDX-License-Identifier: MIT
#include "http/message.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cloister::http {

namespace {

struct Status {
    int code;
    std::string_view phrase;
};

// RFC 9110 15, RFC 6585.
constexpr std::array statuses = {
    Status{200, "OK"},
    Status{201, "Created"},
    Status{202, "Accepted"},
    Status{203, "Non-Authoritative Information"},
    Status{204, "No Content"},
    Status{205, "Reset Content"},
    Status{206, "Partial Content"},
    Status{300, "Multiple Choices"},
    Status{301, "Moved Permanently"},
    Status{302, "Found"},
    Status{303, "See Other"},
    Status{304, "Not Modified"},
    Status{307, "Temporary Redirect"},
    Status{308, "Permanent Redirect"},
    Status{400, "Bad Request"},
    Status{401, "Unauthorized"},
    Status{403, "Forbidden"},
    Status{404, "Not Found"},
    Status{405, "Method Not Allowed"},
    Status{406, "Not Acceptable"},
    Status{408, "Request Timeout"},
    Status{409, "Conflict"},
    Status{410, "Gone"},
    Status{411, "Length Required"},
    Status{412, "Precondition Failed"},
    Status{413, "Content Too Large"},
    Status{414, "URI Too Long"},
    Status{415, "Unsupported Media Type"},
    Status{416, "Range Not Satisfiable"},
    Status{417, "Expectation Failed"},
    Status{418, "I'm a teapot"},
    Status{421, "Misdirected Request"},
    Status{422, "Unprocessable Content"},
    Status{426, "Upgrade Required"},
    Status{428, "Precondition Required"},
    Status{429, "Too Many Requests"},
    Status{431, "Request Header Fields Too Large"},
    Status{451, "Unavailable For Legal Reasons"},
    Status{500, "Internal Server Error"},
    Status{501, "Not Implemented"},
    Status{502, "Bad Gateway"},
    Status{503, "Service Unavailable"},
    Status{504, "Gateway Timeout"},
    Status{505, "HTTP Version Not Supported"},
};

// In the order of Method.
constexpr std::array<std::string_view, 9> method_names = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};

struct Size {
    std::uint64_t operator()(std::monostate) const { return 0; }

    std::uint64_t operator()(std::string_view lent) const { return lent.size(); }

    std::uint64_t operator()(const std::string& owned) const { return owned.size(); }

    std::uint64_t operator()(const FileWindow& window) const { return window.length; }

    std::uint64_t operator()(const Pieces& pieces) const {
        std::uint64_t size = 0;
        for (const Piece& piece : pieces.all) {
            size += std::visit(*this, piece);
        }
        return size;
    }
};

}  // namespace

std::string_view name_of(Method method) {
    return method_names.at(static_cast<std::size_t>(method));
}

std::optional<Method> method_named(std::string_view name) {
    const auto* const found = std::find(method_names.begin(), method_names.end(), name);
    if (found == method_names.end()) {
        return std::nullopt;
    }
    return static_cast<Method>(found - method_names.begin());
}

std::optional<std::string_view> Request::first(Known known) const {
    for (const Field& field : fields) {
        if (field.known == known) {
            return field.value;
        }
    }
    return std::nullopt;
}

std::size_t Request::count(Known known) const {
    if (!has(known)) {
        return 0;
    }
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(),
                      [known](const Field& field) { return field.known == known; }));
}

Request Request::detached() && {
    std::size_t bytes = target.size() + path.size() + query.size() + authority.size();
    for (const Field& field : fields) {
        bytes += field.name.size() + field.value.size();
    }
    std::vector<char> owned;
    owned.reserve(bytes);  // No later growth: the views below stay valid.
    const auto keep = [&owned](std::string_view& view) {
        const std::size_t begin = owned.size();
        owned.insert(owned.end(), view.begin(), view.end());
        view = std::string_view(owned.data() + begin, view.size());
    };
    Request copy = std::move(*this);
    keep(copy.target);
    keep(copy.path);
    keep(copy.query);
    keep(copy.authority);
    for (Field& field : copy.fields) {
        keep(field.name);
        keep(field.value);
    }
    copy.storage = std::move(owned);
    return copy;
}

void Request::clear() {
    method = Method::get;
    target = path = query = authority = {};
    fields.clear();
    body.clear();
    peer = {};
    secure = false;
    storage.clear();
    present = 0;
}

std::uint64_t size_of(const Body& body) {
    return std::visit(Size{}, body);
}

std::uint64_t size_of(const Piece& piece) {
    return std::visit(Size{}, piece);
}

std::string_view reason_phrase(int status) {
    for (const Status& known : statuses) {
        if (known.code == status) {
            return known.phrase;
        }
    }
    return {};
}

Response plain_answer(int status) {
    Response response;
    response.status = status;
    response.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
    std::string text = std::to_string(status);
    text += ' ';
    text += reason_phrase(status);
    text += '\n';
    response.body = std::move(text);
    return response;
}

}  // namespace cloister::http
