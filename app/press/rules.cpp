// SPDX-License-Identifier: MIT
#include "press/rules.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "http/fields.h"
#include "press/beneath.h"
#include "press/security_fields.h"
#include "press/walk.h"
#include "site/pattern.h"

namespace cloister::press {

namespace {

constexpr std::string_view headers_name = "_headers";
constexpr std::string_view redirects_name = "_redirects";

// Rules that are there and cannot be read are no reason to serve without them.
[[noreturn]] void refuse_unopened(const std::string& shown, int error) {
    if (error == EXDEV || error == ENOENT || error == ELOOP) {
        throw base::Failure(EX_CONFIG,
                            shown +
                                " is a link that leads out of the site or nowhere; put the "
                                "file itself there");
    }
    refuse_unreadable(shown, error);
}

// Up to one byte more than a file of rules may have: whoever parses it refuses it then.
std::string read_rules_file(int file, const std::string& shown) {
    std::string text(base::limits::rules_file_bytes + 1, '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        const ssize_t count = base::check(
            ::pread(file, text.data() + have, text.size() - have, static_cast<off_t>(have)),
            "read " + shown);
        if (count == 0) {
            break;
        }
        have += static_cast<std::size_t>(count);
    }
    text.resize(have);
    return text;
}

// Nothing if there is no such file.
std::optional<std::string> text_of(const Draft& draft, std::string_view name,
                                   const std::string& shown) {
    const std::string path(name);

    struct stat status {};

    if (::fstatat(draft.root.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == -1 &&
        errno == ENOENT) {
        return std::nullopt;
    }
    const base::Fd file = open_beneath(draft.root.get(), path);
    if (!file) {
        refuse_unopened(shown, errno);
    }
    base::check(::fstat(file.get(), &status), "look at " + shown);
    if (!S_ISREG(status.st_mode)) {
        throw base::Failure(EX_CONFIG, shown +
                                           " is no file; rules are read from there, so give it "
                                           "another name");
    }
    return read_rules_file(file.get(), shown);
}

// Only the rules that describe every path.
std::vector<HeaderRule> rules_for_all(const std::vector<HeaderRule>& rules) {
    const std::string every_path{'/', site::splat_mark};
    std::vector<HeaderRule> kept;
    std::copy_if(rules.begin(), rules.end(), std::back_inserter(kept),
                 [&](const HeaderRule& rule) { return rule.path.pattern == every_path; });
    return kept;
}

// Fields that rules for all paths mean for pages, and that are wrong for a refusal or a redirect.
bool is_of_pages(const http::ResponseField& field) {
    constexpr std::array<std::string_view, 4> names = {
        "cache-control",  // nobody is to keep a refusal for a year
        "content-disposition",
        "content-type",  // of the line that says the status, and a redirect has none
        "expires",
    };
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return http::equals_ignoring_case(field.name, name);
    });
}

SettledFields fields_without_page(const Draft& draft) {
    SettledFields settled = settle({}, rules_for_all(draft.header_rules), "/");
    std::erase_if(settled.fields, is_of_pages);
    return settled;
}

void settle_answer(const Draft& draft, std::string_view path, Answer& answer) {
    SettledFields settled = settle(std::move(answer.fields), draft.header_rules, path);
    answer.fields = std::move(settled.fields);
    answer.secure_fields = std::move(settled.secure_fields);
}

}  // namespace

bool is_rules_file(std::string_view path) {
    return path.starts_with('/') &&
           (path.substr(1) == headers_name || path.substr(1) == redirects_name);
}

void read_rules(Draft& draft) {
    const std::string headers_shown = draft.shown + "/" + std::string(headers_name);
    if (const auto text = text_of(draft, headers_name, headers_shown)) {
        draft.header_rules = parse_headers(*text, headers_shown);
    }
    const std::string redirects_shown = draft.shown + "/" + std::string(redirects_name);
    if (const auto text = text_of(draft, redirects_name, redirects_shown)) {
        draft.redirects = parse_redirects(*text, redirects_shown);
    }
}

void check_redirects(Draft& draft) {
    for (const RedirectRule& rule : draft.redirects) {
        const std::string where = draft.shown + "/" + std::string(redirects_name) + ":" +
                                  std::to_string(rule.line) + ": ";
        if (rule.is_fixed_page()) {
            const auto page = draft.paths.find(rule.target);
            if (page == draft.paths.end()) {
                throw base::Failure(EX_CONFIG, where + "there is no page at " + rule.target +
                                                   "; add the file, or remove the line");
            }
            if (!page->second.asset) {
                throw base::Failure(EX_CONFIG, where + rule.target + " only leads to " +
                                                   page->second.location + "; write that");
            }
        }
        if (!rule.is_forced && draft.paths.contains(rule.pattern)) {
            draft.warnings.push_back(where + "something stands at " + rule.pattern +
                                     " already, and goes before a rule that does not end in " +
                                     std::to_string(rule.status) + "!, ignoring");
        }
    }
}

void settle_fields(Draft& draft) {
    const SettledFields other = fields_without_page(draft);
    draft.other_fields = other.fields;
    draft.other_secure_fields = other.secure_fields;
    for (auto& [path, answer] : draft.paths) {
        if (answer.asset) {
            settle_answer(draft, path, answer);
        } else {
            answer.fields = other.fields;
            answer.secure_fields = other.secure_fields;
        }
    }
    // A page that answers for others goes by its own path, which is the only one that can be known.
    for (auto& [folder, answer] : draft.fallbacks) {
        settle_answer(draft, draft.assets.at(*answer.asset).path, answer);
    }
}

}  // namespace cloister::press
