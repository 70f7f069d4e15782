// SPDX-License-Identifier: MIT
#include "site/redirects.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "http/fields.h"
#include "site/expand.h"
#include "site/query.h"

namespace cloister::site {

namespace {

// Bytes from the beginning of the rules.
struct Extent {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

// A Redirect whose views are places.
struct Row {
    Extent host;
    Extent pattern;
    Extent parameters;
    Extent target;
    std::uint32_t line = 0;  // its place in the order of the file
    std::uint16_t status = 0;
    Redirect::Scheme scheme = Redirect::Scheme::any;
    Redirect::Slash slash = Redirect::Slash::any;
    std::uint8_t is_forced = 0;  // no bool, which has undefined values
    std::array<std::uint8_t, 3> unused{};
};

// In front of the rows: first those with an exact path, sorted by it and then by line, then those
// with a pattern, by line.
struct Head {
    std::uint32_t bytes = 0;  // of everything
    std::uint32_t exact_count = 0;
    std::uint32_t pattern_count = 0;
    std::uint32_t forced_count = 0;
};

// The rules in their bytes, which may lie at any address.
class Book {
  public:
    explicit Book(const char* bytes) : bytes_(bytes) { std::memcpy(&head_, bytes, sizeof head_); }

    [[nodiscard]] const Head& head() const { return head_; }

    [[nodiscard]] Row row(std::size_t index) const {
        Row row;
        std::memcpy(&row, bytes_ + sizeof(Head) + index * sizeof(Row), sizeof row);
        return row;
    }

    [[nodiscard]] std::string_view text(const Extent& extent) const {
        return {bytes_ + extent.offset, extent.length};
    }

    // The index of the first rule whose exact path is not less than `path`.
    [[nodiscard]] std::size_t lower_bound(std::string_view path) const {
        std::size_t begin = 0;
        std::size_t end = head_.exact_count;
        while (begin < end) {
            const std::size_t middle = begin + (end - begin) / 2;
            if (text(row(middle).pattern) < path) {
                begin = middle + 1;
            } else {
                end = middle;
            }
        }
        return begin;
    }

  private:
    const char* bytes_;
    Head head_;
};

bool is_for_host(std::string_view host, std::string_view authority) {
    if (host.empty()) {
        return true;
    }
    // The colon of a port stands behind the ']' of an IPv6 address.
    const std::size_t port = authority.find(':', authority.find(']') + 1);
    return http::equals_ignoring_case(authority.substr(0, port), host);
}

bool is_for_slash(Redirect::Slash slash, std::string_view path) {
    return slash == Redirect::Slash::any ||
           (path.size() > 1 && path.back() == '/') == (slash == Redirect::Slash::present);
}

bool is_for_scheme(Redirect::Scheme scheme, bool secure) {
    return scheme == Redirect::Scheme::any || (scheme == Redirect::Scheme::https) == secure;
}

// One request, held against one rule after the other.
class Judge {
  public:
    Judge(const Book& book, const http::Request& request, bool is_taken)
        : book_(book), request_(request), is_taken_(is_taken) {}

    // Whether the request falls under the rule; if so, captures() has what its target refers to.
    bool falls_under(const Row& row) {
        if ((is_taken_ && row.is_forced == 0) || !is_for_scheme(row.scheme, request_.secure) ||
            !is_for_host(book_.text(row.host), request_.authority) ||
            !is_for_slash(row.slash, request_.path) ||
            !matches(book_.text(row.pattern), request_.path, captures_)) {
            return false;
        }
        first_raw_ = captures_.count;
        return query().has(book_.text(row.parameters), captures_);
    }

    [[nodiscard]] Redirects::Verdict verdict(const Row& row) {
        const std::string_view target = book_.text(row.target);
        if (row.status == 200 || row.status == 404) {
            return {row.status, expand_path(target, captures_, first_raw_)};
        }
        return {row.status, expand_location(target, captures_, first_raw_,
                                            query().without(book_.text(row.parameters)))};
    }

  private:
    // Read when the first rule asks for it.
    const Query& query() {
        if (!query_) {
            query_.emplace(request_.query);
        }
        return *query_;
    }

    const Book& book_;
    const http::Request& request_;
    bool is_taken_;
    Captures captures_;
    std::size_t first_raw_ = 0;
    std::optional<Query> query_;
};

}  // namespace

std::string Redirects::render(std::span<const Redirect> rules) {
    Head head;
    std::vector<Row> rows;
    std::string texts;
    const auto keep = [&](std::string_view text) {
        const Extent extent{
            static_cast<std::uint32_t>(sizeof(Head) + rules.size() * sizeof(Row) + texts.size()),
            static_cast<std::uint32_t>(text.size())};
        texts += text;
        return extent;
    };
    for (const Redirect& rule : rules) {
        ++(is_exact(rule.pattern) ? head.exact_count : head.pattern_count);
        head.forced_count += rule.is_forced ? 1 : 0;
        rows.push_back({.host = keep(rule.host),
                        .pattern = keep(without_slash(rule.pattern)),
                        .parameters = keep(rule.parameters),
                        .target = keep(rule.target),
                        .line = static_cast<std::uint32_t>(rows.size()),
                        .status = rule.status,
                        .scheme = rule.scheme,
                        .slash = rule.slash,
                        .is_forced = static_cast<std::uint8_t>(rule.is_forced)});
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
        const bool left_is_exact = is_exact(rules[left.line].pattern);
        const bool right_is_exact = is_exact(rules[right.line].pattern);
        if (left_is_exact != right_is_exact) {
            return left_is_exact;
        }
        return left_is_exact &&
               without_slash(rules[left.line].pattern) < without_slash(rules[right.line].pattern);
    });
    head.bytes =
        static_cast<std::uint32_t>(sizeof(Head) + rows.size() * sizeof(Row) + texts.size());
    std::string bytes(head.bytes, '\0');
    std::memcpy(bytes.data(), &head, sizeof head);
    if (!rows.empty()) {
        std::memcpy(bytes.data() + sizeof head, rows.data(), rows.size() * sizeof(Row));
    }
    std::copy(texts.begin(), texts.end(), bytes.end() - static_cast<std::ptrdiff_t>(texts.size()));
    return bytes;
}

std::size_t Redirects::measure(std::string_view bytes) {
    if (bytes.size() < sizeof(Head)) {
        return 0;
    }
    const Book book(bytes.data());
    const Head& head = book.head();
    const std::uint64_t count = std::uint64_t{head.exact_count} + head.pattern_count;
    if (head.bytes > bytes.size() || head.bytes < sizeof(Head) ||
        count > (head.bytes - sizeof(Head)) / sizeof(Row)) {
        return 0;
    }
    const auto is_inside = [&](const Extent& extent) {
        return std::uint64_t{extent.offset} + extent.length <= head.bytes;
    };
    for (std::size_t index = 0; index < count; ++index) {
        const Row row = book.row(index);
        if (!is_inside(row.host) || !is_inside(row.pattern) || !is_inside(row.parameters) ||
            !is_inside(row.target) || row.status < 200 || row.status > 599) {
            return 0;
        }
        if (index > 0 && index < head.exact_count &&
            book.text(row.pattern) < book.text(book.row(index - 1).pattern)) {
            return 0;
        }
    }
    return head.bytes;
}

std::optional<Redirects::Verdict> Redirects::judge(const http::Request& request,
                                                   bool is_taken) const {
    if (bytes_ == nullptr) {
        return std::nullopt;
    }
    const Book book(bytes_);
    const Head& head = book.head();
    if (is_taken && head.forced_count == 0) {
        return std::nullopt;
    }
    Judge judge(book, request, is_taken);
    std::optional<Row> found;
    const std::string_view path = without_slash(request.path);
    for (std::size_t index = book.lower_bound(path); index < head.exact_count; ++index) {
        const Row row = book.row(index);
        if (book.text(row.pattern) != path) {
            break;
        }
        if (judge.falls_under(row)) {
            found = row;
            break;
        }
    }
    const std::size_t end = std::size_t{head.exact_count} + head.pattern_count;
    for (std::size_t index = head.exact_count; index < end; ++index) {
        const Row row = book.row(index);
        if (found && row.line > found->line) {
            break;
        }
        if (judge.falls_under(row)) {
            return judge.verdict(row);
        }
    }
    // Judged once more, because patterns were tried since.
    if (!found || !judge.falls_under(*found)) {
        return std::nullopt;
    }
    return judge.verdict(*found);
}

}  // namespace cloister::site
