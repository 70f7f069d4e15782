// SPDX-License-Identifier: MIT
#include "site/media_types.h"

#include <array>

#include "http/fields.h"

namespace cloister::site {

namespace {

struct MediaType {
    std::string_view extension;
    std::string_view type;
};

// From IANA's registry, as far as web sites use it. Text is UTF-8: what else is written today says
// so in itself.
constexpr std::array types = {
    MediaType{"aac", "audio/aac"},
    MediaType{"apng", "image/apng"},
    MediaType{"atom", "application/atom+xml"},
    MediaType{"avif", "image/avif"},
    MediaType{"bin", "application/octet-stream"},
    MediaType{"bmp", "image/bmp"},
    MediaType{"bz2", "application/x-bzip2"},
    MediaType{"css", "text/css; charset=utf-8"},
    MediaType{"csv", "text/csv; charset=utf-8"},
    MediaType{"deb", "application/vnd.debian.binary-package"},
    MediaType{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    MediaType{"epub", "application/epub+zip"},
    MediaType{"flac", "audio/flac"},
    MediaType{"gif", "image/gif"},
    MediaType{"gz", "application/gzip"},
    MediaType{"htm", "text/html; charset=utf-8"},
    MediaType{"html", "text/html; charset=utf-8"},
    MediaType{"ico", "image/vnd.microsoft.icon"},
    MediaType{"ics", "text/calendar; charset=utf-8"},
    MediaType{"iso", "application/octet-stream"},
    MediaType{"jpeg", "image/jpeg"},
    MediaType{"jpg", "image/jpeg"},
    MediaType{"js", "text/javascript; charset=utf-8"},
    MediaType{"json", "application/json"},
    MediaType{"jsonld", "application/ld+json"},
    MediaType{"jxl", "image/jxl"},
    MediaType{"m4a", "audio/mp4"},
    MediaType{"map", "application/json"},
    MediaType{"md", "text/markdown; charset=utf-8"},
    MediaType{"mjs", "text/javascript; charset=utf-8"},
    MediaType{"mkv", "video/matroska"},
    MediaType{"mp3", "audio/mpeg"},
    MediaType{"mp4", "video/mp4"},
    MediaType{"mpeg", "video/mpeg"},
    MediaType{"odp", "application/vnd.oasis.opendocument.presentation"},
    MediaType{"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    MediaType{"odt", "application/vnd.oasis.opendocument.text"},
    MediaType{"oga", "audio/ogg"},
    MediaType{"ogg", "audio/ogg"},
    MediaType{"ogv", "video/ogg"},
    MediaType{"opus", "audio/ogg"},
    MediaType{"otf", "font/otf"},
    MediaType{"pdf", "application/pdf"},
    MediaType{"png", "image/png"},
    MediaType{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    MediaType{"rss", "application/rss+xml"},
    MediaType{"rtf", "application/rtf"},
    MediaType{"svg", "image/svg+xml"},
    MediaType{"tar", "application/x-tar"},
    MediaType{"tif", "image/tiff"},
    MediaType{"tiff", "image/tiff"},
    MediaType{"ttf", "font/ttf"},
    MediaType{"txt", "text/plain; charset=utf-8"},
    MediaType{"vtt", "text/vtt; charset=utf-8"},
    MediaType{"wasm", "application/wasm"},
    MediaType{"wav", "audio/wav"},
    MediaType{"weba", "audio/webm"},
    MediaType{"webm", "video/webm"},
    MediaType{"webmanifest", "application/manifest+json"},
    MediaType{"webp", "image/webp"},
    MediaType{"woff", "font/woff"},
    MediaType{"woff2", "font/woff2"},
    MediaType{"xhtml", "application/xhtml+xml"},
    MediaType{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    MediaType{"xml", "application/xml"},
    MediaType{"xz", "application/x-xz"},
    MediaType{"zip", "application/zip"},
    MediaType{"zst", "application/zstd"},
};

}  // namespace

std::string_view media_type(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    if (dot != std::string_view::npos) {
        const std::string_view extension = file_name.substr(dot + 1);
        for (const MediaType& row : types) {
            if (http::equals_ignoring_case(extension, row.extension)) {
                return row.type;
            }
        }
    }
    return "application/octet-stream";
}

}  // namespace cloister::site
