// SPDX-License-Identifier: MIT
#include "press/redirects_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "http/fields.h"
#include "http/percent.h"
#include "http/target.h"
#include "press/path_pattern.h"
#include "press/redirect_slashes.h"
#include "press/redirect_target.h"
#include "press/rule_lines.h"

namespace cloister::press {

namespace limits = base::limits;
using site::is_exact;
using site::Redirect;

namespace {

struct StatusRow {
    std::string_view text;
    std::uint16_t status;
};

constexpr std::array statuses = {
    StatusRow{"301", 301},  // moved for good: browsers and search engines remember it
    StatusRow{"302", 302},  // for now
    StatusRow{"303", 303},  // the answer to a POST stands elsewhere
    StatusRow{"307", 307},  // for now, with the same method
    StatusRow{"308", 308},  // for good, with the same method
    StatusRow{"200", 200},  // the page at TO, under the address that was asked for
    StatusRow{"404", 404},  // that, and that nothing is there
};

bool is_url(std::string_view word) {
    return word.starts_with("http://") || word.starts_with("https://");
}

bool is_target(std::string_view word) {
    return word.starts_with('/') || is_url(word);
}

// One line after the other.
class Parser {
  public:
    Parser(std::string_view text, const std::string& shown) : lines_(text, shown) {}

    std::vector<RedirectRule> run() {
        while (lines_.next()) {
            read_line();
        }
        tell_slashes_apart(rules_);
        return std::move(rules_);
    }

  private:
    void read_line() {
        std::string_view rest = without_comment(lines_.line());
        rule_ = {};
        rule_.line = lines_.number();
        names_ = read_from(cut_word(rest));
        std::string_view word = cut_word(rest);
        while (!word.empty() && !is_target(word)) {
            read_parameter(word);
            word = cut_word(rest);
        }
        if (word.empty()) {
            lines_.refuse("there is no target; it begins with /, http:// or https://");
        }
        const std::string_view target = word;
        read_status(cut_word(rest));
        if (!rest.empty()) {
            lines_.refuse("\"" + std::string(rest) +
                          "\" is a condition that cannot be kept here (country, language, role, "
                          "cookie); remove the line, or only the condition if it is for everybody");
        }
        rule_.target = compile_target(target, names_, serves_page(), refusal());
        check_loop();
        count_and_keep();
    }

    // A '#' begins a comment where a word would begin; elsewhere it is a fragment.
    static std::string_view without_comment(std::string_view line) {
        for (std::size_t at = line.find('#'); at != std::string_view::npos;
             at = line.find('#', at + 1)) {
            if (at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t')) {
                return line.substr(0, at);
            }
        }
        return line;
    }

    std::vector<std::string> read_from(std::string_view word) {
        std::string_view path = word;
        if (is_url(word)) {
            rule_.scheme = word[4] == 's' ? Redirect::Scheme::https : Redirect::Scheme::http;
            const std::string_view rest = word.substr(word.find("//") + 2);
            const std::size_t end = std::min(rest.find('/'), rest.size());
            const std::string_view host = rest.substr(0, end);
            if (!http::is_authority(host) || host.find_first_of("*%") != std::string_view::npos ||
                host.find(':', host.find(']') + 1) != std::string_view::npos) {
                lines_.refuse("\"" + std::string(host) +
                              "\" is no host; it has no port, no * and no placeholder");
            }
            rule_.host = http::lower_case(host);
            path = end == rest.size() ? std::string_view("/") : rest.substr(end);
        } else if (!word.starts_with('/')) {
            lines_.refuse("\"" + std::string(word) +
                          "\" is no path; it begins with /, http:// or https://");
        }
        PathPattern made = compile_path(path, refusal());
        rule_.pattern = std::move(made.pattern);
        return std::move(made.names);
    }

    void read_parameter(std::string_view word) {
        const std::size_t equals = word.find('=');
        if (equals == 0 || equals == std::string_view::npos) {
            lines_.refuse("\"" + std::string(word) +
                          "\" is neither a target, which begins with /, http:// or https://, nor "
                          "a query parameter, which is name=value");
        }
        const std::string_view value = word.substr(equals + 1);
        std::size_t length = 0;
        const bool is_known = read_reference(value, names_, length) != std::string::npos;
        rule_.parameters += decoded(word.substr(0, equals)) + '\n';
        if (length > 0 && length == value.size()) {
            if (is_known || names_.size() == limits::capture_count) {
                lines_.refuse("the placeholder " + std::string(value) +
                              " is one too many, or stands there twice");
            }
            names_.emplace_back(value.substr(1));
            rule_.parameters += site::placeholder_mark;
        } else {
            rule_.parameters += decoded(value);
        }
        rule_.parameters += '\n';
        if (static_cast<std::size_t>(std::count(rule_.parameters.begin(), rule_.parameters.end(),
                                                '\n')) > 2 * limits::rule_parameter_count) {
            lines_.refuse("a rule asks for at most " +
                          std::to_string(limits::rule_parameter_count) + " query parameters");
        }
    }

    [[nodiscard]] std::string decoded(std::string_view text) const {
        const std::optional<std::string> plain = http::decode(text);
        if (!plain || !http::is_field_value(*plain)) {
            lines_.refuse("\"" + std::string(text) +
                          "\" has a malformed escape, or that of a control byte");
        }
        return *plain;
    }

    void read_status(std::string_view word) {
        if (word.ends_with('!')) {
            rule_.is_forced = true;
            word.remove_suffix(1);
        }
        if (word.empty() && !rule_.is_forced) {
            return;
        }
        const auto* const found =
            std::find_if(statuses.begin(), statuses.end(),
                         [word](const StatusRow& row) { return row.text == word; });
        if (found == statuses.end()) {
            lines_.refuse("\"" + std::string(word) +
                          "\" is no status; there are 301, 302, 303, 307, 308, 200 and 404, with "
                          "! behind it to go before a file that is there");
        }
        rule_.status = found->status;
    }

    [[nodiscard]] bool serves_page() const { return rule_.status == 200 || rule_.status == 404; }

    // To the same path but for its slash is a redirect that people write, if it is exact.
    void check_loop() {
        const std::string_view to = rule_.target;
        if (!is_exact(rule_.pattern) || !rule_.parameters.empty() || !rule_.host.empty()) {
            return;
        }
        const std::string from = serves_page() ? rule_.pattern : http::encode_path(rule_.pattern);
        if (from == to) {
            lines_.refuse("the rule leads to where it comes from; remove it");
        }
        if (!serves_page() && site::without_slash(from) == site::without_slash(to)) {
            rule_.slash = from.back() == '/' ? Redirect::Slash::present : Redirect::Slash::absent;
        }
    }

    void count_and_keep() {
        std::size_t& count = is_exact(rule_.pattern) ? exact_count_ : pattern_count_;
        const std::size_t limit =
            is_exact(rule_.pattern) ? limits::exact_redirect_count : limits::pattern_redirect_count;
        if (++count > limit) {
            lines_.refuse("there are more than " + std::to_string(limit) + " rules " +
                          (is_exact(rule_.pattern) ? "with an exact path" : "with * or :name") +
                          "; let one with * stand for several");
        }
        rules_.push_back(std::move(rule_));
    }

    [[nodiscard]] Refuse refusal() const {
        return [this](const std::string& what) { lines_.refuse(what); };
    }

    RuleLines lines_;
    std::vector<RedirectRule> rules_;
    RedirectRule rule_;               // of the line that is read
    std::vector<std::string> names_;  // of its captures
    std::size_t exact_count_ = 0;
    std::size_t pattern_count_ = 0;
};

}  // namespace

Redirect RedirectRule::lent() const {
    return {.scheme = scheme,
            .slash = slash,
            .is_forced = is_forced,
            .status = status,
            .host = host,
            .pattern = pattern,
            .parameters = parameters,
            .target = target};
}

bool RedirectRule::is_fixed_page() const {
    return (status == 200 || status == 404) &&
           target.find(site::placeholder_mark) == std::string::npos;
}

std::vector<RedirectRule> parse_redirects(std::string_view text, const std::string& shown) {
    return Parser(text, shown).run();
}

std::string render(const std::vector<RedirectRule>& rules) {
    std::vector<Redirect> lent;
    lent.reserve(rules.size());
    std::transform(rules.begin(), rules.end(), std::back_inserter(lent),
                   [](const RedirectRule& rule) { return rule.lent(); });
    return site::Redirects::render(lent);
}

}  // namespace cloister::press
