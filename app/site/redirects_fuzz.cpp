// SPDX-License-Identifier: MIT
// Rules of an image that anybody may have made: what is measured can be judged by, for any request,
// and reads nothing beside its bytes. The first byte says whether they come over TLS to a path that
// is taken; a request's path and query follow, each up to a line feed; the rest are the rules.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/message.h"
#include "site/redirects.h"

namespace {

std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return before;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    cloister::http::Request request;
    request.secure = (data[0] & 1U) != 0;
    request.path = cut(input, '\n');
    request.query = cut(input, '\n');
    request.authority = "h";
    if (request.path.empty()) {
        return 0;
    }
    const std::string bytes(input);  // with an end that a sanitizer sees
    const std::size_t measured = cloister::site::Redirects::measure(bytes);
    if (measured > bytes.size()) {
        std::abort();
    }
    if (measured > 0) {
        const std::string alone = bytes.substr(0, measured);
        const auto verdict =
            cloister::site::Redirects(alone.data()).judge(request, (data[0] & 2U) != 0);
        if (verdict && (verdict->status < 200 || verdict->status > 599)) {
            std::abort();
        }
    }
    return 0;
}
