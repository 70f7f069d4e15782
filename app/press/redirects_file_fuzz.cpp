// SPDX-License-Identifier: MIT
// Any _redirects: what is accepted can be rendered, and leads nobody astray. A request's path and
// query stand in the first two lines, the file behind them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/fields.h"
#include "http/message.h"
#include "http/target.h"
#include "press/redirects_file.h"

namespace {

void demand(bool condition) {
    if (!condition) {
        std::abort();
    }
}

std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = std::min(text.find(end), text.size());
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return before;
}

// A URI reference to this host or to the one that the file names, which can be sent.
void demand_safe(std::string_view location) {
    demand(cloister::http::is_field_value(location));
    demand(location.find(' ') == location.npos);
    // A browser takes '\\' for '/', but not in a query, which is passed on as it was sent.
    demand(location.substr(0, location.find('?')).find('\\') == location.npos);
    demand(location.starts_with('/') || location.starts_with("http://") ||
           location.starts_with("https://"));
    demand(!location.starts_with("//"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string_view file(reinterpret_cast<const char*>(data), size);
    const std::string target = std::string(cut(file, '\n')) + "?" + std::string(cut(file, '\n'));
    cloister::http::Request request;
    if (!target.starts_with('/') || !cloister::http::parse_target(target, request)) {
        return 0;
    }
    request.authority = "h";
    try {
        const auto rules = cloister::press::parse_redirects(file, "f");
        const std::string bytes = cloister::press::render(rules);
        demand(cloister::site::Redirects::measure(bytes) == bytes.size());
        for (const bool secure : {false, true}) {
            request.secure = secure;
            const auto verdict = cloister::site::Redirects(bytes.data()).judge(request, secure);
            if (verdict && verdict->status >= 300 && verdict->status < 400) {
                demand_safe(verdict->target);
            } else if (verdict) {
                demand(verdict->status == 200 || verdict->status == 404);
                demand(verdict->target.starts_with('/'));
            }
        }
    } catch (const cloister::base::Failure& failure) {
        demand(std::string_view(failure.what()).starts_with("f"));
    }
    return 0;
}
