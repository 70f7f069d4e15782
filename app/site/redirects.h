// SPDX-License-Identifier: MIT
// The rules of a _redirects file while serving: a view of flat bytes, which lie in the image as
// blocks of fields do, and the first of them that a request falls under.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/message.h"
#include "site/pattern.h"

namespace cloister::site {

// One rule, made ready by the layer press. Views are borrowed.
struct Redirect {
    enum class Scheme : std::uint8_t { any, http, https };
    enum class Slash : std::uint8_t { any, present, absent };

    Scheme scheme = Scheme::any;
    Slash slash = Slash::any;     // at the end of the request's path
    bool is_forced = false;       // goes before a file that is there
    std::uint16_t status = 301;   // 200 and 404 serve the target in place of the path
    std::string_view host;        // lower case, without a port; empty for any
    std::string_view pattern;     // see pattern.h
    std::string_view parameters;  // that a query has to have: "name\nvalue\n" each, decoded; a
                                  // value of placeholder_mark is any, and captured
    std::string_view target;      // see expand.h
};

class Redirects {
  public:
    // What a rule makes of a request.
    struct Verdict {
        int status = 0;
        std::string target;  // for the field Location; for 200 and 404 a decoded path of the site
    };

    // No rule.
    Redirects() = default;

    // `bytes` begin with what render() has made and outlive this; null is no rule.
    explicit Redirects(const char* bytes) : bytes_(bytes) {}

    // The rules as flat bytes, without an address in them. `rules` are in the order of the file,
    // and within the limits (base/limits.h); their texts take less than 4 GiB.
    static std::string render(std::span<const Redirect> rules);

    // How many bytes the rules at the beginning of `bytes` take; 0 if there are none, because
    // something of them lies behind the end or is out of order.
    static std::size_t measure(std::string_view bytes);

    // What the first rule says that the request falls under; nothing if there is none. `is_taken`:
    // a file is there, so only forced rules count. Finds exact paths by bisection and tries
    // patterns one by one; takes no memory unless a rule is found.
    [[nodiscard]] std::optional<Verdict> judge(const http::Request& request, bool is_taken) const;

  private:
    const char* bytes_ = nullptr;
};

}  // namespace cloister::site
