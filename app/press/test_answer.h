// SPDX-License-Identifier: MIT
// An answer as a client would see it, for tests to compare.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/message.h"

namespace cloister::press {

struct TestAnswer {
    int status = 0;      // 0: the site has no such path
    std::string fields;  // "Name: value\n" for each
    std::string body;

    [[nodiscard]] bool has(const std::string& line) const {
        return ("\n" + fields).find("\n" + line + "\n") != std::string::npos;
    }
};

struct TextOf {
    std::string operator()(std::monostate) const { return {}; }

    std::string operator()(std::string_view lent) const { return std::string(lent); }

    std::string operator()(const std::string& owned) const { return owned; }

    std::string operator()(const http::FileWindow& window) const {
        std::string text(window.length, '\0');
        const ssize_t count =
            ::pread(window.fd, text.data(), text.size(), static_cast<off_t>(window.offset));
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        return text;
    }

    std::string operator()(const http::Pieces& pieces) const {
        std::string text;
        for (const http::Piece& piece : pieces.all) {
            text += std::visit(*this, piece);
        }
        return text;
    }
};

inline std::string text_of(const http::Body& body) {
    return std::visit(TextOf{}, body);
}

inline TestAnswer render(const http::Response& response) {
    TestAnswer answer{.status = response.status, .fields = {}, .body = text_of(response.body)};
    for (const http::FieldBlock& block : response.shared) {
        block.each([&answer](const http::LentField& field) {
            answer.fields += std::string(field.name) + ": " + std::string(field.value) + "\n";
        });
    }
    for (const http::ResponseField& field : response.fields) {
        answer.fields += field.name + ": " + field.value + "\n";
    }
    return answer;
}

}  // namespace cloister::press
