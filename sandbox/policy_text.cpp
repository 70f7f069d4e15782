// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "sandbox/filter_survey.h"
#include "sandbox/policy.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox {
namespace {

constexpr std::string_view gap = "  ";

std::string padded(std::string_view text, std::size_t width) {
    std::string cell(text);
    cell.resize(std::max(width, cell.size()), ' ');
    return cell;
}

std::string rule_text(const Row& row) {
    std::string text;
    for (const ArgumentRule& rule : row.rules) {
        text += text.empty() ? "" : ", ";
        text += rule.text;
    }
    return text.empty() ? "always" : text;
}

std::string answer_text(const Answer& answer) {
    return answer.error == 0 ? "0" : ::strerrorname_np(answer.error);
}

std::string rows_text() {
    std::size_t name_width = 0;
    std::size_t rule_width = 0;
    for (const Row& row : rows()) {
        name_width = std::max(name_width, row.name.size());
        rule_width = std::max(rule_width, rule_text(row).size());
    }

    std::string text;
    std::size_t number = 0;
    for (const Row& row : rows()) {
        if (number++ == shipped_rows().size()) {
            text += "SANITIZER BUILD, never shipped; it also permits:\n";
        }
        text += std::string(gap) + padded(row.name, name_width) + std::string(gap) +
                padded(rule_text(row), rule_width) + std::string(gap) + std::string(row.reason) +
                '\n';
    }
    return text;
}

std::string answers_text() {
    std::size_t name_width = 0;
    std::size_t answer_width = 0;
    for (const Answer& answer : answers()) {
        name_width = std::max(name_width, answer.name.size());
        answer_width = std::max(answer_width, answer_text(answer).size());
    }
    std::string text;
    for (const Answer& answer : answers()) {
        text += std::string(gap) + padded(answer.name, name_width) + std::string(gap) +
                padded(answer_text(answer), answer_width) + std::string(gap) +
                std::string(answer.reason) + '\n';
    }
    return text;
}

std::string defences_text() {
    std::size_t width = 0;
    for (const Defence& defence : defences()) {
        width = std::max(width, defence.name.size());
    }
    std::string text;
    for (const Defence& defence : defences()) {
        text += std::string(gap) + padded(defence.name, width) + std::string(gap) +
                std::string(defence.effect);
        text +=
            defence.may_be_waived ? " (--allow-missing=" + std::string(defence.name) + ")\n" : "\n";
    }
    return text;
}

std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') {
            json += '\\';
        }
        json += character;
    }
    return json + '"';
}

std::string row_json(const Row& row) {
    return "{\"name\":" + quoted(row.name) + ",\"number\":" + std::to_string(row.number) +
           ",\"rule\":" + quoted(rule_text(row)) + ",\"reason\":" + quoted(row.reason) + '}';
}

std::string answer_json(const Answer& answer) {
    return "{\"name\":" + quoted(answer.name) + ",\"number\":" + std::to_string(answer.number) +
           ",\"answer\":" + quoted(answer_text(answer)) + ",\"reason\":" + quoted(answer.reason) +
           '}';
}

std::string defence_json(const Defence& defence) {
    return "{\"name\":" + quoted(defence.name) +
           ",\"may_be_waived\":" + (defence.may_be_waived ? "true" : "false") +
           ",\"effect\":" + quoted(defence.effect) + '}';
}

template <class Items, class Render>
std::string array_json(const Items& items, Render render) {
    std::string json;
    for (const auto& item : items) {
        json += (json.empty() ? "" : ",") + render(item);
    }
    return '[' + json + ']';
}

}  // namespace

std::string policy_text() {
    const Filter filter = compile_policy();
    const Survey found = survey(filter);
    return "System calls after confinement; any other kills the process:\n" + rows_text() +
           "\nNever run, but answered by the filter:\n" + answers_text() +
           "\nThe compiled filter, evaluated over every call number: " +
           std::to_string(filter.size()) + " instructions, " +
           std::to_string(found.x86_64.count()) + " calls reachable of at most " +
           std::to_string(system_call_budget) + " (" +
           std::to_string(found.x86_64.sometimes.size()) + " by argument), " +
           std::to_string(found.x32.count()) + " on x32, " + std::to_string(found.i386.count()) +
           " on i386\n\nDefences, in the order in which they are put up:\n" + defences_text();
}

std::string policy_json() {
    const Survey found = survey(compile_policy());
    return "{\"sanitizer_build\":" + std::string(is_sanitizer_build ? "true" : "false") +
           ",\"budget\":" + std::to_string(system_call_budget) +
           ",\"system_calls\":" + array_json(rows(), row_json) +
           ",\"answered\":" + array_json(answers(), answer_json) +
           ",\"reachable\":{\"x86-64\":" + std::to_string(found.x86_64.count()) +
           ",\"by_argument\":" + std::to_string(found.x86_64.sometimes.size()) +
           ",\"x32\":" + std::to_string(found.x32.count()) +
           ",\"i386\":" + std::to_string(found.i386.count()) +
           "},\"defences\":" + array_json(defences(), defence_json) + "}\n";
}

}  // namespace cloister::sandbox
