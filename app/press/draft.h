// SPDX-License-Identifier: MIT
// A site that is being made: what the steps of the press add to, one after the other, until
// compose() turns it into an image. Plain data; each step is a function that takes the draft.
//
//     walk()              the files of the folder, each at its path       (walk.h)
//     read_rules()        what _headers and _redirects say                (rules.h)
//     add_listings()      of folders without index.html, if wished for    (listings.h)
//     apply_conventions() index.html, folders without their slash, 404.html (conventions.h)
//     check_redirects()   that what they lead to is there                 (rules.h)
//     read()              what the files hold, and their tags             (reader.h)
//     represent()         their coded forms                               (represent.h)
//     describe()          their media types, and how long they are kept   (describe.h)
//     settle_fields()     the fields of the rules, and those for safety   (rules.h)
//     compose()           the image                                       (compose.h)
//
// A step between read() and compose() finds everything set, and may change all of it: add a
// representation to an asset, a field to an answer, an answer to a path, a warning.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fd.h"
#include "http/field_block.h"
#include "press/headers_file.h"
#include "press/redirects_file.h"
#include "press/store.h"
#include "site/image.h"

namespace cloister::press {

// A file of the folder that read() has not come to.
struct UnreadFile {
    std::string path;        // from the root of the folder, without a slash before it
    std::uint64_t size = 0;  // bytes, when the walk saw it
};

// A file of the folder that is not read, but served from its descriptor.
struct OpenFile {
    base::Fd file;
    std::uint64_t size = 0;  // bytes
};

using Content = std::variant<UnreadFile, OpenFile, Place>;

// One coded form of an asset (RFC 9110 8.4).
struct Representation {
    site::Coding coding = site::Coding::identity;
    Content content;
    std::string entity_tag;  // with its quotes; strong, so another for each coding. Set by read()
    std::chrono::sys_seconds modified;
};

// Something with a body: a file of the folder, or what a step made.
struct Asset {
    std::string path;  // "/docs/index.html", by which messages and media types call it
    std::vector<Representation> representations;  // identity first; each coding once
    bool is_made = false;                         // by a step; no file of the folder
};

// A folder, the root among them.
struct Folder {
    std::string path;  // "/docs/"
    std::chrono::sys_seconds modified;
};

using Fields = std::vector<http::ResponseField>;

// What is answered for a path.
struct Answer {
    std::optional<std::size_t> asset;  // its number in the draft; none: no body, as a redirect
    int status = 200;                  // with any other, preconditions and ranges do not count
    std::string location;              // where a redirect leads, ready to be sent; empty for none
    bool keeps_query = false;          // the query of the request is put behind the location
    // The answer's own, each name once; compose() adds what the representation brings (ETag,
    // Last-Modified, Content-Encoding, Vary, Accept-Ranges).
    Fields fields;
    Fields secure_fields;  // added over TLS, as Strict-Transport-Security must be
};

// Byte order, so that folders keep their files together. A step may look up by string_view.
using Answers = std::map<std::string, Answer, std::less<>>;

struct Draft {
    std::string host;                  // in lower case, without a port; "" answers for every other
    std::vector<std::string> aliases;  // other hosts that are answered alike
    std::string shown;                 // the folder as messages name it, without a slash at its end
    base::Fd root;                     // the folder
    std::vector<Folder> folders;
    std::vector<Asset> assets;
    Answers paths;               // by decoded path: "/docs/a b.html"
    Answers fallbacks;           // by folder: "/docs/"; for paths below it at which nothing stands
    Fields other_fields;         // of answers that are none of these: 404 in words, 405, 412, 416
    Fields other_secure_fields;  // added to those over TLS
    std::vector<HeaderRule> header_rules;
    std::vector<RedirectRule> redirects;
    std::vector<std::string> warnings;  // whole sentences that end in ", ignoring"
};

}  // namespace cloister::press
