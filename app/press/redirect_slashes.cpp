// SPDX-License-Identifier: MIT
#include "press/redirect_slashes.h"

#include <algorithm>
#include <string_view>

#include "site/pattern.h"

namespace cloister::press {

using site::Redirect;

namespace {

std::string_view key(const RedirectRule* rule) {
    return site::without_slash(rule->pattern);
}

bool has_slash(const RedirectRule* rule) {
    return rule->pattern.back() == '/';
}

}  // namespace

void tell_slashes_apart(std::vector<RedirectRule>& rules) {
    std::vector<RedirectRule*> sorted;
    for (RedirectRule& rule : rules) {
        if (rule.pattern.back() != site::splat_mark && rule.pattern.size() > 1) {
            sorted.push_back(&rule);
        }
    }
    std::sort(
        sorted.begin(), sorted.end(),
        [](const RedirectRule* left, const RedirectRule* right) { return key(left) < key(right); });
    for (auto begin = sorted.begin(); begin != sorted.end();) {
        const auto end = std::find_if(begin, sorted.end(), [begin](const RedirectRule* rule) {
            return key(rule) != key(*begin);
        });
        const auto with_slash = std::count_if(begin, end, has_slash);
        if (with_slash > 0 && with_slash < end - begin) {
            std::for_each(begin, end, [](RedirectRule* rule) {
                rule->slash = has_slash(rule) ? Redirect::Slash::present : Redirect::Slash::absent;
            });
        }
        begin = end;
    }
}

}  // namespace cloister::press
