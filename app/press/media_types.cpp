// SPDX-License-Identifier: MIT
#include "press/media_types.h"

#include <algorithm>
#include <array>
#include <optional>

#include "http/fields.h"
#include "press/media_type_table.h"
#include "press/utf8.h"

namespace cloister::press {

namespace {

// What Debian's table lacks, or has for another kind of file than web sites mean by that name.
// Sorted.
constexpr std::array overrides = {
    MediaType{"bz2", "application/x-bzip2"},       // lacks it
    MediaType{"cjs", "text/javascript"},           // lacks it; as Node.js names its older modules
    MediaType{"conf", "text/plain"},               // lacks it; shown instead of stored
    MediaType{"cur", "image/vnd.microsoft.icon"},  // lacks it; pointers in style sheets
    MediaType{"ini", "text/plain"},                // lacks it; shown instead of stored
    MediaType{"jsonl", "text/plain"},              // lacks it, and nobody has registered one
    MediaType{"log", "text/plain"},                // lacks it; shown instead of stored
    MediaType{"map", "application/json"},          // lacks it; source maps (ECMA-426)
    MediaType{"mkv", "video/matroska"},            // "video/x-matroska", until RFC 9559
    MediaType{"org", "text/plain"},                // Lotus Organizer; today notes of Emacs
    MediaType{"rss", "application/rss+xml"},       // "x-rss+xml", which feed readers do not know
    MediaType{"svgz", "application/gzip"},         // SVG, which it is only behind Content-Encoding
    MediaType{"toml", "application/toml"},         // lacks it; registered 2024
    MediaType{"ts", "video/mp2t"},                 // Qt's translations; HLS has its segments so
    MediaType{"wav", "audio/wav"},                 // "audio/x-wav"; as WHATWG MIME Sniffing has it
    MediaType{"weba", "audio/webm"},               // lacks it
    MediaType{"x3dz", "application/gzip"},         // X3D, as svgz
    MediaType{"yaml", "application/yaml"},         // lacks it; RFC 9512
    MediaType{"yml", "application/yaml"},          // the same
};

constexpr bool is_before(const MediaType& row, std::string_view extension) {
    return row.extension < extension;
}

template <class Table>
std::optional<std::string_view> type_in(const Table& table, std::string_view extension) {
    const auto row = std::lower_bound(table.begin(), table.end(), extension, is_before);
    return row != table.end() && row->extension == extension ? std::optional(row->type)
                                                             : std::nullopt;
}

}  // namespace

std::string_view media_type(std::string_view file_name) {
    const std::string name = http::lower_case(file_name);
    for (std::size_t dot = name.find('.'); dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
        const std::string_view extension = std::string_view(name).substr(dot + 1);
        if (const auto type = type_in(overrides, extension)) {
            return *type;
        }
        if (const auto type = type_in(registered_types(), extension)) {
            return *type;
        }
    }
    return "application/octet-stream";
}

std::string content_type(std::string_view media_type, std::string_view content, bool whole) {
    std::string value(media_type);
    if (media_type.starts_with("text/") && (whole ? is_utf8(content) : begins_as_utf8(content))) {
        value += "; charset=utf-8";
    }
    return value;
}

}  // namespace cloister::press
