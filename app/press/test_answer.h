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

inline std::string text_of(const http::Body& body) {
    if (const auto* const lent = std::get_if<std::string_view>(&body)) {
        return std::string(*lent);
    }
    if (const auto* const owned = std::get_if<std::string>(&body)) {
        return *owned;
    }
    const auto* const window = std::get_if<http::FileWindow>(&body);
    std::string text(window == nullptr ? 0 : window->length, '\0');
    if (window != nullptr) {
        const ssize_t count =
            ::pread(window->fd, text.data(), text.size(), static_cast<off_t>(window->offset));
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return text;
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
