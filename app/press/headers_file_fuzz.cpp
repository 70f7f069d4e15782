// SPDX-License-Identifier: MIT
// Any _headers: what is accepted can be sent with any path, and leaves the framing of messages
// alone. The path stands in the first line, the file behind it.
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
#include "press/reserved_fields.h"
#include "press/security_fields.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace http = cloister::http;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer's bytes are text here.
    std::string_view file(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(file.find('\n'), file.size());
    const std::string_view target = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    http::Request request;
    if (!target.starts_with('/') || !http::parse_target(target, request)) {
        return 0;
    }
    try {
        const auto rules = cloister::press::parse_headers(file, "f");
        const auto settled = cloister::press::settle({{"A", "b"}}, rules, request.path);
        for (const auto& fields : {settled.fields, settled.secure_fields}) {
            for (const http::ResponseField& field : fields) {
                if (!http::is_token(field.name) || !http::is_field_value(field.value) ||
                    !cloister::press::why_reserved(field.name).empty()) {
                    std::abort();
                }
            }
        }
    } catch (const cloister::base::Failure& failure) {
        if (!std::string_view(failure.what()).starts_with("f")) {
            std::abort();
        }
    }
    return 0;
}
