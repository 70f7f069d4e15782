// SPDX-License-Identifier: MIT
#include "welcome.h"

#include <string>
#include <utility>

namespace cloister {

namespace {

constexpr std::string_view before_confinement = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Hello World! - Cloister</title>
<style>
:root {
  --paper: #faf8f3; --ink: #23211c; --soft: #6b665b; --line: #ddd7c9; --accent: #7a3b1d;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #191816; --ink: #ece8df; --soft: #a49d8f; --line: #38352f; --accent: #e0a27c; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1.25rem;
  background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 Georgia, "Times New Roman", serif;
}
main { width: 100%; max-width: 38rem; }
h1 { margin: 0 0 1rem; font-size: clamp(2.25rem, 9vw, 3.5rem); font-weight: 400; line-height: 1.1; }
h2 {
  margin: 2.5rem 0 .75rem; padding-top: 1.25rem; border-top: 1px solid var(--line);
  color: var(--soft); font: 600 .8125rem/1.4 system-ui, sans-serif; letter-spacing: .06em;
  text-transform: uppercase;
}
p { margin: 0 0 1rem; }
.confinement {
  margin: 0; padding-left: 1rem; border-left: 3px solid var(--accent);
  white-space: pre-line; overflow-wrap: anywhere;
}
dl { margin: 0; }
dt { margin-top: 1rem; }
dd { margin: .25rem 0 0; }
code {
  display: block; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .35rem;
  overflow-x: auto; font: .9375rem/1.5 ui-monospace, Menlo, Consolas, monospace;
}
</style>
</head>
<body>
<main>
<h1>Hello World!</h1>
<p>This is Cloister, a web server for ports 80 and 443 that never holds a privilege: systemd opens
the ports, and the process that answers you can open nothing.</p>
<h2>How confined this process is</h2>
<p class="confinement">)";

constexpr std::string_view after_confinement = R"(</p>
<h2>What to do next</h2>
<dl>
<dt>Serve a folder of files:</dt>
<dd><code>cloister --site DIR</code></dd>
<dt>Listen on port 80, at every boot:</dt>
<dd><code>systemctl enable --now cloister-http.socket</code></dd>
</dl>
</main>
</body>
</html>
)";

// For text between tags.
std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
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
            default:
                html += c;
        }
    }
    return html;
}

}  // namespace

http::Response respond_welcome(const http::Request& request, std::string_view confinement) {
    if (request.path != "/") {
        return http::plain_answer(404);
    }
    if (request.method != http::Method::get && request.method != http::Method::head) {
        http::Response response = http::plain_answer(405);
        response.fields.push_back({"Allow", "GET, HEAD"});
        return response;
    }
    http::Response response;
    response.fields = {{"Content-Type", "text/html; charset=utf-8"},
                       {"Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                        "form-action 'none'; frame-ancestors 'none'"},
                       {"X-Content-Type-Options", "nosniff"},
                       {"Referrer-Policy", "no-referrer"},
                       {"Cache-Control", "no-store"}};  // A restart may confine differently.
    std::string page(before_confinement);
    page += escaped(confinement);
    page += after_confinement;
    response.body = std::move(page);
    return response;
}

}  // namespace cloister
