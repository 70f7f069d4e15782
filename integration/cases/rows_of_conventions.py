# SPDX-License-Identifier: MIT
"""What is asked of a site that has _headers, _redirects and folders without an index, over each protocol."""
from rows import row

HEADERS = """# Of all, and of some.
/*
  X-All: yes
  Referrer-Policy: no-referrer
/docs/:name
  X-Name: :name
/framed/*
  ! Content-Security-Policy
  Cache-Control: public, max-age=60
"""
REDIRECTS = """# The first rule that fits counts.
/old            /docs/guide     302
/old            /never
/blog/:year/*   /archive/:year-:splat
/find id=:id    /docs/:id       303
/app/*          /index.html     200
/page.txt       /docs/guide     301!
/guide.txt      /docs/guide     # Never: the file goes before it.
/gone/*         /gone.html      404
/away           https://example.net/x#y  308
/up/*           /:splat
"""
FILES = {
    "_headers": HEADERS,
    "_redirects": REDIRECTS,
    "index.html": "<h1>Home</h1>\n",
    "404.html": "<h1>Lost</h1>\n",
    "gone.html": "<h1>Gone</h1>\n",
    "page.txt": "page\n",
    "guide.txt": "guide\n",
    "docs/guide.html": "<h1>Guide</h1>\n",
    "docs/404.html": "<h1>Lost in the docs</h1>\n",
    "framed/index.html": "<h1>Framed</h1>\n",
    "bare/a b.txt": "a\n",
    "bare/.secret": "secret\n",
    "both.html": "<h1>Page</h1>\n",
    "both/index.html": "<h1>Folder</h1>\n",
}
SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "frame-ancestors 'self'",
        "referrer-policy": "no-referrer", "x-all": "yes"}
home, lost, guide = (FILES[name].encode() for name in ("index.html", "404.html", "docs/guide.html"))

PATHS = [
    row("page_without_its_ending", 200, "/docs/guide", body=guide, has={"content-type": "text/html; charset=utf-8"}),
    row("page_with_its_ending", 200, "/docs/guide.html", body=guide),
    row("page_is_no_folder", 301, "/docs/guide/?a=b", has={"location": "/docs/guide?a=b"}),
    row("page_beside_a_folder", 200, "/both", body=b"<h1>Page</h1>\n"),
    row("folder_beside_a_page", 200, "/both/", body=b"<h1>Folder</h1>\n"),
    row("missing_below_a_folder", 404, "/docs/a/b/c", body=b"<h1>Lost in the docs</h1>\n"),
    row("missing_elsewhere", 404, "/none/b", body=lost),
    row("post_to_the_missing", 404, "/none", "POST", content=b"x", body=lost),
    row("listing_for_people", 200, "/bare/", has={"content-type": "text/html; charset=utf-8"}),
    row("listing_for_programs", 200, "/bare/index.json", has={"content-type": "application/json"}),
    row("listed_folder_redirects", 301, "/bare", has={"location": "/bare/"}),
    row("rules_for_fields_are_no_file", 404, "/_headers", body=lost),
    row("rules_for_redirects_are_no_file", 404, "/_redirects", body=lost),
]
FIELDS = [
    row("safe_file", 200, "/guide.txt", has=SAFE),
    row("safe_redirect_to_a_folder", 301, "/bare", has=SAFE),
    row("safe_redirect_of_a_rule", 302, "/old", has=SAFE),
    row("safe_missing_page", 404, "/none", has=SAFE),
    row("safe_refusal", 405, "/guide.txt", "DELETE", has=SAFE),
    row("name_in_a_value", 200, "/docs/guide", has={"x-name": "guide"}),
    row("field_taken_away", 200, "/framed/", has={"content-security-policy": [], "cache-control": "public, max-age=60"}),
    row("not_modified_keeps_what_caches_need", 304, "/framed/", fields={"If-None-Match": "*"}, body=b"",
        has={"cache-control": "public, max-age=60"}),
]
RULES = [
    row("first_rule", 302, "/old", body=b"302 Found\n", has={"location": "/docs/guide"}),
    row("head_of_a_rule", 302, "/old", "HEAD", body=b"", has={"location": "/docs/guide"}),
    row("post_to_a_rule", 302, "/old", "POST", content=b"x", has={"location": "/docs/guide"}),
    row("slash_does_not_count", 302, "/old/", has={"location": "/docs/guide"}),
    row("query_goes_along", 302, "/old?a=%20b", has={"location": "/docs/guide?a=%20b"}),
    row("placeholder_and_splat", 301, "/blog/2026/a%20b/c", has={"location": "/archive/2026-a%20b/c"}),
    row("parameter", 303, "/find?x=1&id=7", has={"location": "/docs/7?x=1"}),
    row("parameter_is_missing", 404, "/find?x=1", body=lost),
    row("page_in_place", 200, "/app/users/7", body=home),
    row("post_to_a_page_in_place", 405, "/app/users/7", "POST", content=b"x", has={"allow": "GET, HEAD, OPTIONS"}),
    row("forced", 301, "/page.txt", has={"location": "/docs/guide"}),
    row("not_forced", 200, "/guide.txt", body=b"guide\n"),
    row("gone", 404, "/gone/x", body=b"<h1>Gone</h1>\n"),
    row("away_keeps_the_query", 308, "/away?q=1", has={"location": "https://example.net/x?q=1#y"}),
    row("splat_leads_to_no_other_host", 301, "/up//example.net/x", has={"location": "/example.net/x"}),
    row("splat_leads_to_no_other_line", 400, "/up/a%0d%0aX:y"),
]
ROWS = PATHS + FIELDS + RULES
