// SPDX-License-Identifier: MIT
#include "press/reserved_fields.h"

#include <algorithm>
#include <array>

#include "http/fields.h"

namespace cloister::press {

namespace {

struct Row {
    std::string_view name;  // lower case
    std::string_view why;
};

constexpr std::array reserved = {
    Row{"accept-ranges", "ranges are served or not, whatever a field says"},
    Row{"age", "a cache says how old its copy is, and this server is none"},
    Row{"allow", "the methods are GET, HEAD and OPTIONS, whatever a field says"},
    Row{"basic-auth", "there are no passwords here, and the field would show them to everybody"},
    Row{"connection", "it is about one connection, which the server ends when it has to"},
    Row{"content-encoding", "it depends on what the client takes"},
    Row{"content-length", "it is counted"},
    Row{"content-range", "it depends on what the client asks for"},
    Row{"date", "it is the time of the answer"},
    Row{"etag", "it is made from the content, or clients would keep what has changed"},
    Row{"keep-alive", "it is about one connection"},
    Row{"last-modified", "it is the file's own time"},
    Row{"location", "a redirect belongs into _redirects"},
    Row{"proxy-connection", "it is about one connection"},
    Row{"status", "it is no field of HTTP; a status belongs into _redirects"},
    Row{"te", "clients send it"},
    Row{"trailer", "nothing follows a body here"},
    Row{"transfer-encoding", "it says where the body ends, and is the server's to say"},
    Row{"upgrade", "the connection speaks HTTP and nothing else"},
};

}  // namespace

std::string_view why_reserved(std::string_view name) {
    const auto* const found =
        std::find_if(reserved.begin(), reserved.end(),
                     [name](const Row& row) { return http::equals_ignoring_case(name, row.name); });
    return found == reserved.end() ? std::string_view() : found->why;
}

}  // namespace cloister::press
