// SPDX-License-Identifier: MIT
#include <algorithm>

#include "sandbox/audit/audit.h"
#include "sandbox/audit/facts.h"
#include "sandbox/policy.h"

namespace cloister::sandbox::audit {
namespace {

constexpr std::size_t name_width = 23;
constexpr std::size_t column_width = 13;
constexpr std::size_t fact_width = 14;
constexpr std::size_t page_width = 100;

// select graphic rendition, ECMA-48
constexpr std::string_view plain = "\033[0m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view dim = "\033[2m";
constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view green = "\033[32m";

std::string padded(std::string_view text, std::size_t width) {
    std::string cell(text);
    cell.resize(std::max(width, cell.size()), ' ');
    return cell;
}

std::string without_end_spaces(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

// Breaks `text` at spaces; every line after the first begins with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string lines;
    while (indent + text.size() > page_width) {
        const std::size_t space = text.rfind(' ', page_width - indent);
        if (space == std::string_view::npos) {
            break;
        }
        lines += std::string(text.substr(0, space)) + '\n' + std::string(indent, ' ');
        text.remove_prefix(space + 1);
    }
    return lines + std::string(text);
}

class Page {
  public:
    Page(const Result& result, std::string_view digest, bool is_colourful)
        : result_(result), digest_(digest), is_colourful_(is_colourful) {}

    [[nodiscard]] std::string text() const {
        std::string page = is_sanitizer_build ? "SANITIZER BUILD, never shipped\n\n" : "";
        page += heading();
        for (const Theme& theme : themes()) {
            page += part(theme);
        }
        return page + '\n' + totals() + '\n' + legend() + '\n' + facts() + '\n' + verdict();
    }

  private:
    [[nodiscard]] std::string painted(std::string_view paint, const std::string& text) const {
        return is_colourful_ ? std::string(paint) + text + std::string(plain) : text;
    }

    [[nodiscard]] std::string heading() const {
        std::string line = padded("", name_width);
        for (const Column& column : result_.columns) {
            line += padded(column.title, column_width);
        }
        return painted(bold, without_end_spaces(line)) + '\n';
    }

    [[nodiscard]] std::string part(const Theme& theme) const {
        std::string text =
            '\n' + painted(bold, std::to_string(theme.number) + "  " + std::string(theme.title)) +
            '\n';
        for (const Row& row : result_.rows) {
            text += row.attempt.theme == theme.number ? line(row) + '\n' : "";
        }
        return text;
    }

    // "-" before what no machine permits, "=" before what its surroundings deny.
    [[nodiscard]] std::string mark(const Row& row) const {
        if (!row.is_denied_outside()) {
            return "    ";
        }
        return result_.self.surroundings != Surroundings::nothing &&
                       row.attempt.control != Control::fails
                   ? "  = "
                   : "  - ";
    }

    [[nodiscard]] std::string line(const Row& row) const {
        std::string text = mark(row) + padded(row.attempt.name, name_width - 4);
        for (std::size_t number = 0; number < result_.columns.size(); ++number) {
            const Outcome& outcome = row.outcomes.at(number);
            const bool is_hole = result_.columns[number].is_full && outcome.end == End::succeeded;
            const std::string cell = padded(outcome.text(), column_width);
            text += is_hole ? painted(red, cell) : cell;
        }
        text = without_end_spaces(text);
        return row.is_denied_outside() ? painted(dim, text) : text;
    }

    [[nodiscard]] std::string totals() const {
        std::string line =
            padded("succeeded of " + std::to_string(result_.rows.size()), name_width);
        for (const Column& column : result_.columns) {
            line += padded(std::to_string(column.succeeded), column_width);
        }
        return painted(bold, without_end_spaces(line)) + '\n';
    }

    [[nodiscard]] std::string legend() const {
        const std::string surroundings(result_.columns.front().title);
        std::string text =
            "Each attempt is made for real, in a process of its own: without the lock (" +
            surroundings +
            "), under each layer alone, and under the whole lock on the main thread and on each "
            "worker. SIGSYS: the filter killed the process. E...: the error with which it was "
            "denied. refused: the lock does not close, so nothing is served. no effect: the call "
            "claimed success and did nothing. no entry: this kernel "
            "has no such door.";
        text = wrapped(text, 0) + '\n';
        text += wrapped("- fails without any lock too, and so proves nothing", 2) + '\n';
        if (result_.self.surroundings != Surroundings::nothing) {
            text += "= denied by the " + surroundings + " alone\n";
        }
        return text;
    }

    [[nodiscard]] std::string facts() const {
        std::string text;
        for (const Fact& fact : facts_of(result_, digest_)) {
            text += painted(bold, padded(fact.name, fact_width)) + wrapped(fact.text, fact_width) +
                    '\n';
        }
        return text;
    }

    [[nodiscard]] std::string verdict() const {
        const std::vector<std::string> objections = result_.objections();
        if (objections.empty()) {
            return painted(green,
                           "The lock holds: " + std::to_string(result_.proofs()) +
                               " escapes that succeed here without it are denied under it, on "
                               "every thread.") +
                   '\n';
        }
        std::string text = painted(red, "THE LOCK DOES NOT HOLD:") + '\n';
        for (const std::string& objection : objections) {
            text += "  " + wrapped(objection, 4) + '\n';
        }
        return text;
    }

    const Result& result_;
    std::string_view digest_;
    bool is_colourful_;
};

}  // namespace

std::string text_of(const Result& result, std::string_view digest, bool is_colourful) {
    return Page(result, digest, is_colourful).text();
}

}  // namespace cloister::sandbox::audit
