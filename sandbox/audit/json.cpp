// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "sandbox/audit/audit.h"
#include "sandbox/audit/facts.h"
#include "sandbox/policy.h"

namespace cloister::sandbox::audit {
namespace {

std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20) {
            std::array<char, 8> escape = {};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", code);
            json += escape.data();
            continue;
        }
        if (character == '"' || character == '\\') {
            json += '\\';
        }
        json += character;
    }
    return json + '"';
}

std::string truth(bool is_true) {
    return is_true ? "true" : "false";
}

using Members = std::vector<std::pair<std::string_view, std::string>>;

std::string object(const Members& members) {
    std::string json;
    for (const auto& [key, value] : members) {
        json += (json.empty() ? "" : ",") + quoted(key) + ':' + value;
    }
    return '{' + json + '}';
}

template <class Items, class Render>
std::string array(const Items& items, Render render) {
    std::string json;
    for (const auto& item : items) {
        json += (json.empty() ? "" : ",") + std::string(render(item));
    }
    return '[' + json + ']';
}

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

std::string_view name_of(Control control) {
    switch (control) {
        case Control::works:
            return "works";
        case Control::depends:
            return "depends";
        case Control::fails:
            break;
    }
    return "fails";
}

std::string column_json(const Column& column) {
    return object({{"key", quoted(column.key)},
                   {"title", quoted(column.title)},
                   {"is_full", truth(column.is_full)},
                   {"succeeded", number(column.succeeded)}});
}

std::string row_json(const Row& row, const std::vector<Column>& columns) {
    Members outcomes;
    for (std::size_t index = 0; index < columns.size(); ++index) {
        outcomes.emplace_back(columns[index].key, quoted(row.outcomes.at(index).text()));
    }
    return object({{"class", number(row.attempt.theme)},
                   {"name", quoted(row.attempt.name)},
                   {"call", std::to_string(row.attempt.call)},
                   {"gain", quoted(row.attempt.gain)},
                   {"without_lock", quoted(name_of(row.attempt.control))},
                   {"is_proof", truth(!row.is_denied_outside())},
                   {"outcomes", object(outcomes)}});
}

std::string filter_json(const Result& result, std::string_view digest) {
    const Survey& found = result.found;
    return object({{"budget", number(system_call_budget)},
                   {"x86-64", number(found.x86_64.count())},
                   {"by_argument", number(found.x86_64.sometimes.size())},
                   {"x32", number(found.x32.count())},
                   {"i386", number(found.i386.count())},
                   {"instructions", number(result.filter.size())},
                   {"digest", quoted(digest)}});
}

std::string namespace_json(const Namespace& found) {
    return object({{"kind", quoted(found.kind)},
                   {"inode", quoted(found.inode)},
                   {"differs", found.differs ? truth(*found.differs) : "null"}});
}

std::string self_json(const Self& self) {
    const Status& status = self.status;
    const auto ids = [](std::uint64_t id) { return number(id); };
    const auto limit = [](const ResourceLimit& one) {
        return object({{"name", quoted(one.name)}, {"soft", quoted(limit_text(one.soft))}});
    };
    return object({{"surroundings", quoted(name_of(self.surroundings))},
                   {"user_ids", array(status.user_ids, ids)},
                   {"group_ids", array(self.group_ids, ids)},
                   {"further_groups", number(self.further_groups)},
                   {"capabilities", object({{"permitted", number(status.permitted)},
                                            {"effective", number(status.effective)},
                                            {"inheritable", number(status.inheritable)},
                                            {"ambient", number(status.ambient)},
                                            {"bounding", number(status.bounding)}})},
                   {"no_new_privs", truth(status.no_new_privileges == 1)},
                   {"seccomp_filters", number(status.seccomp_filters)},
                   {"namespaces", array(self.namespaces, namespace_json)},
                   {"mounts", number(self.mounts)},
                   {"writable_mounts", number(self.writable_mounts)},
                   {"landlock_abi", std::to_string(self.landlock_abi)},
                   {"kernel", quoted(self.kernel)},
                   {"limits", array(self.limits, limit)},
                   {"devices", number(self.devices)},
                   {"has_shell", truth(self.has_shell)}});
}

std::string theme_json(const Theme& theme) {
    return object({{"number", number(theme.number)}, {"title", quoted(theme.title)}});
}

}  // namespace

std::string json_of(const Result& result, std::string_view digest) {
    const auto row = [&result](const Row& one) { return row_json(one, result.columns); };
    const std::vector<std::string> objections = result.objections();
    return object({{"holds", truth(objections.empty())},
                   {"objections", array(objections, quoted)},
                   {"sanitizer_build", truth(is_sanitizer_build)},
                   {"proofs", number(result.proofs())},
                   {"columns", array(result.columns, column_json)},
                   {"classes", array(themes(), theme_json)},
                   {"attempts", array(result.rows, row)},
                   {"filter", filter_json(result, digest)},
                   {"self", self_json(result.self)}}) +
           '\n';
}

}  // namespace cloister::sandbox::audit
