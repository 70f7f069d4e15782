// SPDX-License-Identifier: MIT
#include "site/parts.h"

#include <string>
#include <string_view>
#include <utility>

#include "http/fields.h"

namespace cloister::site {

namespace {

// The value of Content-Range.
std::string place_of(const Part& part, std::uint64_t size) {
    return "bytes " + std::to_string(part.offset) + "-" +
           std::to_string(part.offset + part.length - 1) + "/" + std::to_string(size);
}

http::Piece piece_of(http::Body body) {
    if (const auto* const lent = std::get_if<std::string_view>(&body)) {
        return *lent;
    }
    return std::get<http::FileWindow>(body);
}

// What no part holds: the tag is made of what the whole holds, so a file that holds its own would
// be a wonder. Without the quotes, and with what a boundary may have (RFC 2046 5.1.1).
std::string boundary_of(std::string_view tag) {
    return "cloister-" + std::string(tag.substr(1, tag.size() - 2));
}

// The fields of the whole, whose type becomes that of the parts. Returns that.
std::string lend_fields_but_type(const http::FieldBlock& fields, http::Response& response) {
    std::string type = "application/octet-stream";
    fields.each([&](const http::LentField& field) {
        if (field.lower_name == "content-type") {
            type = field.value;
        } else {
            response.fields.push_back({std::string(field.name), std::string(field.value)});
        }
    });
    return type;
}

void fill_with_several(const Site& site, const Variant& whole, std::span<const Part> parts,
                       http::Response& response) {
    const Content& content = site.content(whole);
    const std::string boundary = boundary_of(site.text(content.entity_tag));
    const std::string type = lend_fields_but_type(site.fields(whole.fields), response);
    response.fields.push_back({"Content-Type", "multipart/byteranges; boundary=" + boundary});
    http::Pieces pieces;
    std::string separator = "--" + boundary;
    for (const Part& part : parts) {
        std::string head = separator;
        head += "\r\nContent-Type: ";
        head += type;
        head += "\r\nContent-Range: ";
        head += place_of(part, content.length);
        head += "\r\n\r\n";
        pieces.all.emplace_back(std::move(head));
        pieces.all.push_back(piece_of(site.body(content, part.offset, part.length)));
        separator = "\r\n--" + boundary;
    }
    pieces.all.emplace_back(separator + "--\r\n");
    response.body = std::move(pieces);
}

}  // namespace

http::Response answer_with_parts(const Site& site, const Variant& whole,
                                 std::span<const Part> parts) {
    const Content& content = site.content(whole);
    http::Response response;
    response.status = 206;
    response.shared[1] = site.fields(content.validators);
    if (parts.size() > 1) {
        fill_with_several(site, whole, parts, response);
        return response;
    }
    const Part& part = parts.front();
    response.shared[0] = site.fields(whole.fields);
    response.fields.push_back({"Content-Range", place_of(part, content.length)});
    response.body = site.body(content, part.offset, part.length);
    return response;
}

}  // namespace cloister::site
