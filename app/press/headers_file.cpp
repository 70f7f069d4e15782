// SPDX-License-Identifier: MIT
#include "press/headers_file.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "http/fields.h"
#include "press/reserved_fields.h"
#include "press/rule_lines.h"
#include "site/pattern.h"

namespace cloister::press {

namespace limits = base::limits;

namespace {

bool is_path(std::string_view line) {
    return line.starts_with('/') ||
           line.substr(0, line.find_first_of(" \t")).find("://") != std::string_view::npos;
}

class Parser {
  public:
    Parser(std::string_view text, const std::string& shown) : lines_(text, shown) {}

    std::vector<HeaderRule> run() {
        while (lines_.next()) {
            if (is_path(lines_.line())) {
                end_block();
                begin_block();
            } else {
                read_step();
            }
        }
        end_block();
        return std::move(rules_);
    }

  private:
    void begin_block() {
        const std::string_view path = lines_.line();
        if (!path.starts_with('/')) {
            lines_.refuse(
                "a block for one host cannot be kept; write its path alone, into the "
                "_headers of that host's folder if there are several (--sites)");
        }
        if (path.find_first_of(" \t") != std::string_view::npos) {
            lines_.refuse("a path stands alone in its line, and has no spaces; write %20 for one");
        }
        if (rules_.size() == limits::header_rule_count) {
            lines_.refuse("there are more than " + std::to_string(limits::header_rule_count) +
                          " blocks; let one with * stand for several");
        }
        block_line_ = lines_.number();
        rules_.push_back(
            {compile_path(path, [this](const std::string& what) { lines_.refuse(what); }), {}});
    }

    void end_block() const {
        if (!rules_.empty() && rules_.back().steps.empty()) {
            lines_.refuse(block_line_, "no field follows the path; add one, or remove the line");
        }
    }

    void read_step() {
        if (rules_.empty()) {
            lines_.refuse("a field stands below a path, and there is none; a path begins with /");
        }
        HeaderRule::Step step;
        std::string_view line = lines_.line();
        step.detaches = line.front() == '!';
        if (step.detaches) {
            step.name = http::trim(line.substr(1));
        } else {
            const std::size_t colon = line.find(':');
            if (colon == std::string_view::npos) {
                lines_.refuse("a field is \"Name: value\"; \"! Name\" takes one away");
            }
            step.name = http::trim(line.substr(0, colon));
            step.value = http::trim(line.substr(colon + 1));
        }
        check(step);
        rules_.back().steps.push_back(std::move(step));
    }

    void check(const HeaderRule::Step& step) const {
        if (!http::is_token(step.name)) {
            lines_.refuse("\"" + step.name + "\" is no name of a field (RFC 9110 5.1)");
        }
        const std::string_view why = why_reserved(step.name);
        if (!why.empty()) {
            lines_.refuse(step.name + " cannot be set: " + std::string(why));
        }
        if (step.detaches && http::equals_ignoring_case(step.name, "vary")) {
            lines_.refuse("Vary cannot be taken away: caches would mix up what is compressed");
        }
        if (!step.detaches && step.value.empty()) {
            lines_.refuse(step.name + " has no value; \"! " + step.name + "\" takes it away");
        }
    }

    RuleLines lines_;
    std::vector<HeaderRule> rules_;
    std::size_t block_line_ = 0;
};

// The value with what its references stand for. Colons of any other kind are left alone: they are
// in URLs and policies.
std::string expanded(std::string_view value, const std::vector<std::string>& names,
                     const site::Captures& captures) {
    std::string text;
    while (!value.empty()) {
        std::size_t length = 0;
        const std::size_t number = read_reference(value, names, length);
        if (number != std::string::npos) {
            text += captures.values.at(number);
        } else {
            length = 1;
            text += value.front();
        }
        value.remove_prefix(length);
    }
    return text;
}

// Fields that a comma would not join: each is sent for itself (RFC 9110 5.3).
bool is_one_a_line(std::string_view lower_name) {
    return lower_name == "set-cookie";
}

// Whether the rules' value joins the server's own instead of taking its place.
bool is_added_to(std::string_view lower_name) {
    return lower_name == "vary";
}

class Settling {
  public:
    explicit Settling(std::vector<http::ResponseField>& fields) : fields_(fields) {}

    void remove(const std::string& lower_name) {
        std::erase_if(fields_, [&](const http::ResponseField& field) {
            return http::equals_ignoring_case(field.name, lower_name);
        });
    }

    void set(const std::string& name, const std::string& lower_name, std::string value) {
        const bool was_set = std::find(set_.begin(), set_.end(), lower_name) != set_.end();
        if (!was_set) {
            set_.push_back(lower_name);
            if (!is_added_to(lower_name)) {
                remove(lower_name);
            }
        }
        const auto found =
            std::find_if(fields_.begin(), fields_.end(), [&](const http::ResponseField& field) {
                return http::equals_ignoring_case(field.name, lower_name);
            });
        if (found == fields_.end() || is_one_a_line(lower_name)) {
            fields_.push_back({name, std::move(value)});
        } else if (found->value != value) {
            found->value += ", " + value;
        }
    }

  private:
    std::vector<http::ResponseField>& fields_;
    std::vector<std::string> set_;  // by the rules, in lower case
};

}  // namespace

std::vector<HeaderRule> parse_headers(std::string_view text, const std::string& shown) {
    return Parser(text, shown).run();
}

void apply(const std::vector<HeaderRule>& rules, std::string_view path,
           std::vector<http::ResponseField>& fields) {
    Settling settling(fields);
    site::Captures captures;
    for (const HeaderRule& rule : rules) {
        if (!site::matches(rule.path.pattern, path, captures)) {
            continue;
        }
        // A block takes away before it adds, so that it can replace what it removes.
        for (const HeaderRule::Step& step : rule.steps) {
            if (step.detaches) {
                settling.remove(http::lower_case(step.name));
            }
        }
        for (const HeaderRule::Step& step : rule.steps) {
            if (!step.detaches) {
                settling.set(step.name, http::lower_case(step.name),
                             expanded(step.value, rule.path.names, captures));
            }
        }
    }
}

}  // namespace cloister::press
