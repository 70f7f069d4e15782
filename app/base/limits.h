// SPDX-License-Identifier: MIT
// Every limit, each with its unit and the reason for its size. Nothing a peer controls is without
// one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cloister::base::limits {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// --- A request's head (RFC 9112 2 to 5)
// The whole head, request line and fields. Browsers send 0.5 to 2 KiB; 16 KiB leaves room for
// cookies.
constexpr std::size_t head_bytes = 16 * kib;
// The request target. RFC 9110 4.1 recommends that at least 8,000 be supported.
constexpr std::size_t target_bytes = 8 * kib;
// Field lines in one head. Browsers send about 15.
constexpr std::size_t field_count = 100;
// Decoded bytes of one HTTP/2 header list, counted past head_bytes without being kept. A large
// cookie stays below and gets its 431; beyond is a decompression bomb (RFC 7541 7.3), and the
// stream is cut off.
constexpr std::size_t header_flood_bytes = 4 * head_bytes;
// Empty lines tolerated before a request line (RFC 9112 2.2 asks for at least one).
constexpr std::size_t leading_crlf_count = 2;
// A path that may reach cpp-httplib, whose regular expressions recurse once a character.
constexpr std::size_t route_path_bytes = 1024;

// --- A request's body (RFC 9112 6 and 7)
// Kept in memory until the handler has it.
constexpr std::size_t body_bytes = mib;
// One chunk-size line with its extensions, and all trailer lines together.
constexpr std::size_t chunk_line_bytes = 256;
constexpr std::size_t trailer_bytes = 8 * kib;
// A body nobody wants is read and dropped up to here, so that the connection lives on; past it, it
// closes.
constexpr std::size_t discarded_body_bytes = 64 * kib;

// --- A response
// Answered but unsent bytes above which a connection reads no further request (back-pressure).
constexpr std::size_t output_high_water_bytes = 64 * kib;
// Bodies up to this are copied beside their head and leave in one write(2); larger ones are lent.
constexpr std::size_t coalesced_body_bytes = 16 * kib;
// What a connection may send before the others of its loop have their turns: 0.1 ms of copying, or
// 0.3 ms of encrypting, for each large download that a small answer finds before it.
constexpr std::size_t turn_bytes = 256 * kib;
// Parts that one request may ask for. Readers of PDF files ask for up to 4; more are a list that
// costs us more than its sender (RFC 9110 17.15), and the whole is sent.
constexpr std::size_t range_count = 16;
// Two parts with less between them become one: the head of a part of a multipart answer is as long.
constexpr std::uint64_t range_gap_bytes = 128;
// What a peer must take of an answer in each write_time: 512 bytes a second, a tenth of the slowest
// modem. Who takes less holds memory and a descriptor for a purpose of its own.
constexpr std::size_t progress_bytes = 15 * kib;
// What a content provider of a route may produce; it is collected before it is sent.
constexpr std::size_t provided_body_bytes = 16 * mib;
// Calls of a content provider in a row that make nothing: one that waits makes some, one that spins
// would hold its worker for ever.
constexpr std::size_t fruitless_call_count = 10'000;

// --- HTTP/2 (RFC 9113 10.5)
// Requests under way on one connection (SETTINGS_MAX_CONCURRENT_STREAMS; 6.5.2 recommends 100 or
// more), and those whose answer a worker is making although the peer has lost interest.
constexpr std::uint32_t stream_count = 100;
// Requests on one connection, and its age; then it ends gracefully, so that what a peer has piled
// up in compression and flow control state goes some day. Twenty times what a day of polling needs.
constexpr std::uint32_t connection_request_count = 1'000'000;
constexpr std::chrono::minutes connection_age = 120min;
// What a client may send of a body before it is granted more (SETTINGS_INITIAL_WINDOW_SIZE).
constexpr std::uint32_t stream_window_bytes = 64 * kib - 1;
// The window of the connection, and of the one stream that may send a large body.
constexpr std::int32_t upload_window_bytes = mib + 16 * kib;
// The account of Allowance, what it gains, and what the frames of a peer cost. A thousand is 125
// resets at once; a page with hundreds of images cancels fewer, and earns by those that it gets.
constexpr std::int64_t http2_allowance = 1000;
constexpr std::int64_t http2_allowance_per_second = 20;
constexpr std::int64_t answer_gain = 5;
constexpr std::int64_t data_frame_gain = 4;
// DATA below this earns nothing: a peer could open its window byte by byte (CVE-2019-9511).
constexpr std::size_t earning_data_bytes = 256;
// What the account loses for bytes that are ignored: 1 for so many. A client that had a window full
// of a refused body on its way, 1 MiB, pays a quarter.
constexpr std::int64_t ignored_bytes_per_cost = 4 * kib;

// --- Time
// From a connection's first byte to its head's last; absolute, so dripping bytes does not help.
constexpr std::chrono::milliseconds head_time = 10s;
// From accepting a connection to the end of its TLS handshake; absolute.
constexpr std::chrono::milliseconds handshake_time = 10s;
// A connection on which no request has come yet, and one between two requests.
constexpr std::chrono::milliseconds idle_time = 60s;
// A whole request body; absolute.
constexpr std::chrono::milliseconds body_time = 30s;
// For each progress_bytes of an answer, and for its rest.
constexpr std::chrono::milliseconds write_time = 30s;
// For a handler on a worker thread: then its connection ends. A worker that still has not come back
// is lost, and the watchdog is told nothing more.
constexpr std::chrono::milliseconds work_time = 120s;
// After an error answer: bytes are read and dropped so that a reset does not overtake the answer
// (RFC 9112 9.6).
constexpr std::chrono::milliseconds linger_time = 1s;
// While draining: an idle connection may still bring a request that was on its way; then it is
// closed.
constexpr std::chrono::milliseconds drain_idle_time = 250ms;
// While draining: the same for a connection that has not brought its first request yet.
constexpr std::chrono::milliseconds drain_fresh_time = 1s;
// The whole drain, unless --drain says otherwise; below the unit's TimeoutStopSec.
constexpr std::chrono::seconds drain_time = 10s;
// The drain of a server whose successor serves already: a download of 1 GB takes so long at 12
// KB/s.
constexpr std::chrono::hours retirement_time = 24h;
// What systemd is asked for again and again while a drain goes on (EXTEND_TIMEOUT_USEC): so long
// after a process that drains has hung, it is killed.
constexpr std::chrono::seconds stop_extension_time = 10s;
// How often a server that ends when it is unused looks whether it is.
constexpr std::chrono::milliseconds unused_check_time = 250ms;
// accept(2) is left alone after the kernel ran out of descriptors or memory.
constexpr std::chrono::milliseconds accept_pause = 100ms;
// Between two log lines about one trouble that lasts.
constexpr std::chrono::seconds repeated_warning_pause = 60s;

// A start tells how far it is so often, and asks systemd for so much more time each time
// (EXTEND_TIMEOUT_USEC): a site of a million files takes minutes, one that hangs takes no more.
constexpr std::chrono::milliseconds start_report_pause = 1s;
constexpr std::chrono::seconds start_extension_time = 60s;

// READY=1 waits for a service manager whose queue is full: longer than a busy one needs, shorter
// than a drain.
constexpr std::chrono::milliseconds notify_time = 5s;

// --- TLS
// One TLS record's plain text (RFC 8446 5.1).
constexpr std::size_t tls_record_bytes = 16 * kib;
// Handshake messages of one client. A handshake takes up to 4; then only KeyUpdates may come
// (RFC 8446 4.6.3: one in 2^24 records at most) and attempts to renegotiate. A KeyUpdate of 27
// bytes costs the server as much as 45 KiB of data, and an answer.
constexpr std::size_t tls_handshake_message_count = 32;
// A file with a certificate, a key or an OCSP response. systemd passes credentials up to 1 MiB
// (systemd.exec(5), "CREDENTIALS"); a chain of four certificates takes 8 KiB.
constexpr std::size_t tls_file_bytes = mib;
// A certificate with less time than this is warned about: who renews at a third of 90 days, as
// ACME clients do (RFC 8555), has missed it for two weeks by then.
constexpr std::chrono::days certificate_warning_time{14};
// A session ticket's key makes tickets for this long and is accepted for as long again: whoever
// reads this process's memory learns the keys of the past 24 hours at most.
constexpr std::chrono::hours ticket_key_time = 12h;
// Times that keys are stepped forward at once, after a sleep or a restart, and that a clock may be
// behind them; beyond it (32 days) the clock was wrong, and new keys are drawn.
constexpr std::size_t ticket_key_step_count = 64;

// --- Counts
// Connections taken in one go before the loop looks at its other events.
constexpr std::size_t accept_batch_count = 16;
// A loop with so many connections more than another leaves the next one to it: below that, handing
// over costs more than it brings.
constexpr std::size_t uneven_count = 2;
// Connections of a loop beyond its limit that are told 503 and when to come again. When so many are
// being told, the kernel's queue holds the others.
constexpr std::size_t refusal_count = 16;
// Of all connections, the share that one peer may hold, unless --peer-connections says otherwise:
// four who mean harm are needed to fill the house, and a proxy that speaks for many has room.
constexpr std::size_t peer_share = 4;
// Idle connections looked at, oldest first, for one that can make room for its own peer's next.
constexpr std::size_t idle_search_count = 64;
// Events fetched by one epoll_wait(2).
constexpr std::size_t event_count = 256;
// Bytes read by one recv(2): a full head, or a good part of a body.
constexpr std::size_t read_bytes = 64 * kib;
// Requests waiting for a worker, all connections together; one more is answered 503.
constexpr std::size_t queued_request_count = 256;
// Worker threads for routes, and their stacks: cpp-httplib's regular expressions need depth.
constexpr std::size_t worker_count = 4;
constexpr std::size_t worker_stack_bytes = 8 * mib;
// Descriptors kept free of connections: listeners, epolls, eventfds, standard streams, /proc
// handles.
constexpr std::size_t reserved_descriptor_count = 64;

// All that connections, requests and answers may take: reserved before confinement, and a limit
// from then on. Under the unit its MemoryMax=, which counts the site too, is met first.
constexpr std::size_t heap_bytes = 1024 * mib;

// --- The site
// Files up to this size are kept in memory; larger ones as open descriptors.
constexpr std::size_t memory_file_bytes = 64 * kib;
// All files in memory together, unless --site-memory says otherwise; past it, small files are kept
// as descriptors too.
constexpr std::size_t memory_site_bytes = 256 * mib;
// Of all descriptors, what files of the site may take at most: three quarters. The others are for
// connections.
constexpr std::size_t open_site_share = 4;
// Files all together; more are links that multiply, or a mistake.
constexpr std::size_t site_file_count = 1'000'000;
// Of a text, what is looked at to tell whether it is UTF-8: a file of 10 GB must not hold the
// start.
constexpr std::size_t charset_probe_bytes = mib;
// A file that is compressed at start, and one that is sent in the form that lies beside it, which
// is read and compared with it; larger ones are sent as they are.
constexpr std::size_t compressed_file_bytes = 16 * mib;
constexpr std::size_t sibling_file_bytes = 64 * mib;
// Files that are compressed at once, as copies.
constexpr std::size_t compressed_batch_bytes = 32 * mib;
// Threads that compress, each with up to 100 MiB of its own at the highest quality: less than the
// unit's MemoryMax= together.
constexpr std::size_t compressor_count = 4;
// Folders that stand in the site once more, because a link leads to them. Each of 64 folders with
// two links to the next would double what a walk has to do, without a single file.
constexpr std::size_t repeated_folder_count = 50'000;
// Nesting of folders; deeper means a loop or a mistake.
constexpr std::size_t site_depth = 64;

// --- Rules of a site (_headers, _redirects)
// A file of rules. Cloudflare Pages takes 2,100 redirects of 1,000 bytes.
constexpr std::size_t rules_file_bytes = 4 * mib;
// A line of it: a Content-Security-Policy grows long, and what is sent has to fit a client.
constexpr std::size_t rule_line_bytes = 8 * kib;
// Blocks of _headers. Each path of the site is held against each, once, at the start.
constexpr std::size_t header_rule_count = 1'000;
// Lines of _redirects whose path is exact, found by bisection while serving, and those with a splat
// or a placeholder, which are tried one by one.
constexpr std::size_t exact_redirect_count = 20'000;
constexpr std::size_t pattern_redirect_count = 500;
// Splats and placeholders of one rule, those of its query parameters among them.
constexpr std::size_t capture_count = 16;
// Parameters that one rule asks for, and those of a request's query that are looked at: a rule asks
// for an id or two, and a query of empty parameters must not cost 4,000 comparisons a rule.
constexpr std::size_t rule_parameter_count = 8;
constexpr std::size_t query_parameter_count = 64;

// --- ACME (RFC 8555)
// Letters of a challenge's token. Authorities give 22 to 86; with the thumbprint it fills a slot of
// 256 bytes but for a few.
constexpr std::size_t challenge_token_bytes = 192;
// Challenges on the board at once: more than twice the names that a certificate may have (100 at
// Let's Encrypt), each of which has one while it is asked for.
constexpr std::size_t challenge_count = 256;

}  // namespace cloister::base::limits
