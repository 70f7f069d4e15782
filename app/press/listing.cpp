// SPDX-License-Identifier: MIT
#include "press/listing.h"

#include <array>
#include <chrono>

#include "base/date.h"
#include "base/one_line.h"
#include "http/percent.h"

namespace cloister::press {

namespace {

constexpr std::string_view before_title = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>)";

constexpr std::string_view link_to_json =
    R"(<link rel="alternate" type="application/json" href="index.json">
)";

constexpr std::string_view before_style = R"(<style>
:root {
  --paper: #faf8f3; --ink: #23211c; --soft: #6b665b; --line: #ddd7c9; --accent: #7a3b1d; --lit: #f1ece0;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #191816; --ink: #ece8df; --soft: #a49d8f; --line: #38352f; --accent: #e0a27c; --lit: #24221f; }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: clamp(1.25rem, 5vw, 4rem) 1.25rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
main { max-width: 56rem; margin: 0 auto; }
h1 {
  margin: 0 0 1.5rem; font: 400 clamp(1.375rem, 4vw, 2rem)/1.3 Georgia, "Times New Roman", serif;
  overflow-wrap: anywhere;
}
h1 a { color: var(--soft); }
h1 span { color: var(--line); padding: 0 .15em; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th {
  padding: .25rem .5rem; color: var(--soft); font-size: .8125rem; font-weight: 600; text-align: left;
  border-bottom: 1px solid var(--line);
}
td { padding: 0; border-bottom: 1px solid var(--line); white-space: nowrap; color: var(--soft); }
td:first-child { width: 100%; white-space: normal; overflow-wrap: anywhere; }
td:first-child a { display: flex; gap: .6rem; padding: .5rem; }
td + td, th + th { padding-left: 1.5rem; padding-right: .5rem; text-align: right; }
tr:hover td { background: var(--lit); }
svg { flex: none; width: 1.125rem; height: 1.5rem; fill: none; stroke: var(--soft); stroke-width: 1.25; }
a { color: var(--ink); text-decoration: none; }
a:hover { color: var(--accent); text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: .2rem; }
.folder { fill: var(--line); }
p { margin: 1rem .5rem; color: var(--soft); font-size: .8125rem; }
.shapes { position: absolute; width: 0; height: 0; }
@media (max-width: 36rem) { td:nth-child(3), th:nth-child(3) { display: none; } }
</style>
</head>
<body>
<svg class="shapes" aria-hidden="true">
<symbol id="folder" viewBox="0 0 18 24"><path d="M1.5 6.5h5l2 2h8v10h-15z"/></symbol>
<symbol id="file" viewBox="0 0 18 24"><path d="M3.5 4.5h7l4 4v11h-11zM10.5 4.5v4h4"/></symbol>
<symbol id="up" viewBox="0 0 18 24"><path d="M9 18V7M4.5 11.5 9 7l4.5 4.5"/></symbol>
</svg>
<main>
<h1>)";

constexpr std::string_view before_rows = R"(</h1>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Size</th><th scope="col">Modified (UTC)</th></tr></thead>
<tbody>
)";

// For text between tags and values in double quotes. A control byte, and what is no UTF-8, becomes
// a '?' first.
std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : base::one_line(text)) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

// For a JSON string (RFC 8259 7).
std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char c : base::one_line(text)) {
        json += c == '"' || c == '\\' ? "\\" : "";
        json += c;
    }
    return json + '"';
}

// To a name in the same folder. A colon is escaped, too: before one would be a scheme.
std::string link_to(const ListedName& name) {
    return http::encode_value(name.name) + (name.is_folder ? "/" : "");
}

// "1.4 KiB": with one digit behind the point up to ten of a unit, and rounded down, so that nothing
// looks larger than it is.
std::string readable_size(std::uint64_t bytes) {
    constexpr std::array units = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    std::size_t unit = 0;
    std::uint64_t tenths = 0;
    while (bytes >= 1024) {
        tenths = bytes % 1024 * 10 / 1024;
        bytes /= 1024;
        ++unit;
    }
    const bool has_tenths = unit > 0 && bytes < 10;
    return std::to_string(bytes) + (has_tenths ? "." + std::to_string(tenths) : "") +
           units.at(unit);
}

std::string two_digits(std::uint64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// "2026-11-24 19:20"
std::string readable_time(std::int64_t seconds) {
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return std::to_string(static_cast<int>(date.year())) + "-" +
           two_digits(static_cast<unsigned>(date.month())) + "-" +
           two_digits(static_cast<unsigned>(date.day())) + " " +
           two_digits(static_cast<std::uint64_t>(clock.hours().count())) + ":" +
           two_digits(static_cast<std::uint64_t>(clock.minutes().count()));
}

std::string row(const std::string& link, std::string_view shape, const std::string& shown,
                const std::string& size, const std::string& time) {
    std::string html = "<tr><td><a href=\"" + link + "\"><svg aria-hidden=\"true\"";
    html += shape == "folder" ? " class=\"folder\"" : "";
    html +=
        "><use href=\"#" + std::string(shape) + "\"/></svg><span>" + shown + "</span></a></td><td>";
    return html + size + "</td><td>" + time + "</td></tr>\n";
}

// Where the reader is, each folder above as a link.
std::string trail(std::string_view folder) {
    std::string html = "<a href=\"/\">/</a> ";
    std::size_t begin = 1;
    while (begin < folder.size()) {
        const std::size_t end = folder.find('/', begin);
        const std::string name = escaped(folder.substr(begin, end - begin));
        if (end + 1 == folder.size()) {
            html += name;
        } else {
            html += "<a href=\"" + http::encode_path(folder.substr(0, end + 1)) + "\">" + name +
                    "</a><span>/</span>";
        }
        begin = end + 1;
    }
    return html;
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// "1 folder, 4 files"
std::string summary(std::size_t folders, std::size_t files) {
    if (folders == 0 && files == 0) {
        return "empty";
    }
    const std::string separator = folders > 0 && files > 0 ? ", " : "";
    return (folders > 0 ? counted(folders, "folder") : "") + separator +
           (files > 0 ? counted(files, "file") : "");
}

}  // namespace

const std::string_view listing_policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'";

std::string listing_page(std::string_view folder, const std::vector<ListedName>& names,
                         bool has_json) {
    std::string html(before_title);
    html += escaped(folder);
    html += "</title>\n";
    html += has_json ? link_to_json : std::string_view();
    html += before_style;
    html += trail(folder);
    html += before_rows;
    if (folder != "/") {
        html += row("../", "up", "..", "", "");
    }
    std::size_t folders = 0;
    for (const ListedName& name : names) {
        folders += name.is_folder ? 1 : 0;
        if (name.is_folder) {
            html += row(link_to(name), "folder", escaped(name.name) + "/", "", "");
        } else {
            html += row(link_to(name), "file", escaped(name.name), readable_size(name.size),
                        readable_time(name.modified));
        }
    }
    html += "</tbody>\n</table>\n<p>" + summary(folders, names.size() - folders) +
            "</p>\n</main>\n</body>\n</html>\n";
    return html;
}

std::string listing_json(const std::vector<ListedName>& names) {
    std::string json = "[";
    std::string_view separator = "\n";
    for (const ListedName& name : names) {
        json += separator;
        json += R"({"name":)" + quoted(name.name);
        if (name.is_folder) {
            json += R"(,"type":"directory")";
        } else {
            const std::chrono::sys_seconds time{std::chrono::seconds(name.modified)};
            json += R"(,"type":"file","mtime":")" + base::http_date(time) + R"(","size":)" +
                    std::to_string(name.size);
        }
        json += R"(,"href":")" + link_to(name) + "\"}";
        separator = ",\n";
    }
    return json + "\n]\n";
}

}  // namespace cloister::press
