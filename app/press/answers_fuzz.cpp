// SPDX-License-Identifier: MIT
// Request heads that pass the gate, against a small site with rules: a part lies inside its file,
// and a redirect stays on this host.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/test_folder.h"
#include "http/fields.h"
#include "http/request_head.h"
#include "press/press.h"
#include "site/responder.h"

namespace {

using cloister::site::Site;

Site make_site() {
    const cloister::base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("d/index.html", "0123456789");
    folder.write("e.html", "page");
    folder.write("e/404.html", "lost");
    folder.write("_headers", "/d/*\n  Cache-Control: max-age=1\n");
    folder.write("_redirects",
                 "/d/ /e 302!\n/old/* /d/:splat\n/up/* /:splat 308\n/find id=:id /:id/x?y=:id\n"
                 "/n/:a/:b /:b/:a 200\n/gone/* /e/404.html 404\n");
    return cloister::press::open_site(folder.path()).site;
}

bool is_sound(const cloister::http::Response& response) {
    for (const auto& field : response.fields) {
        const std::string_view value = field.value;
        if (field.name == "Location" && (!value.starts_with('/') || value.starts_with("//"))) {
            return false;
        }
        if (!cloister::http::is_field_value(value)) {
            return false;
        }
    }
    return response.status != 206 || (size_of(response.body) >= 1 && size_of(response.body) <= 10);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
    static const Site site = make_site();
    const std::string_view head(reinterpret_cast<const char*>(data), length);
    cloister::http::HeadScan scan;
    const cloister::http::HeadEnd end = find_head_end(head, scan);
    if (end.refused != 0 || end.length == 0) {
        return 0;
    }
    cloister::http::Request request;
    cloister::http::Framing framing;
    if (parse_request_head(head.substr(0, end.length), request, framing) == 0) {
        const auto response = respond(site, request);
        if (!is_sound(response ? *response : respond_not_found(site, request))) {
            std::abort();
        }
    }
    return 0;
}
