// SPDX-License-Identifier: MIT
#include "press/path_pattern.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "http/fields.h"
#include "http/percent.h"
#include "site/pattern.h"

namespace cloister::press {

namespace {

bool is_letter(char c) {
    const char lower = http::to_lower(c);
    return lower >= 'a' && lower <= 'z';
}

bool is_name_byte(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

// How long ":name" at the beginning of `text` is; 0 if there is none.
std::size_t measure_reference(std::string_view text) {
    if (text.size() < 2 || text[0] != ':' || !is_letter(text[1])) {
        return 0;
    }
    const auto* const end = std::find_if_not(text.begin() + 1, text.end(), is_name_byte);
    return static_cast<std::size_t>(end - text.begin());
}

class Compiler {
  public:
    explicit Compiler(const Refuse& refuse) : refuse_(refuse) {}

    PathPattern run(std::string_view path) {
        while (!path.empty()) {
            const std::size_t reference = measure_reference(path);
            if (path.front() == '*') {
                add_mark(site::splat_mark, "splat");
                path.remove_prefix(1);
            } else if (reference > 0) {
                add_mark(site::placeholder_mark, path.substr(1, reference - 1));
                path.remove_prefix(reference);
            } else {
                add_literal(path);
            }
        }
        check_path();
        return std::move(made_);
    }

  private:
    void add_mark(char mark, std::string_view name) {
        if (std::find(made_.names.begin(), made_.names.end(), name) != made_.names.end()) {
            refuse_(mark == site::splat_mark
                        ? "a path has one * at most, and no placeholder named :splat"
                        : "the placeholder :" + std::string(name) +
                              " stands there twice; give one of them another name");
        }
        if (made_.names.size() == base::limits::capture_count) {
            refuse_("a rule has at most " + std::to_string(base::limits::capture_count) +
                    " placeholders");
        }
        const std::string_view segment =
            std::string_view(made_.pattern).substr(made_.pattern.rfind('/') + 1);
        // Where one of them ends would be anybody's guess.
        if (segment.find(site::placeholder_mark) != std::string_view::npos ||
            (mark == site::placeholder_mark &&
             segment.find(site::splat_mark) != std::string_view::npos)) {
            refuse_("between placeholders, or one and *, there has to be a slash");
        }
        made_.pattern += mark;
        made_.names.emplace_back(name);
    }

    // Takes one byte, or one escape, from `path`.
    void add_literal(std::string_view& path) {
        const std::size_t length = path.front() == '%' ? 3 : 1;
        const std::optional<std::string> byte = http::decode(path.substr(0, length));
        if (!byte || byte->size() != 1) {
            refuse_("a % has two hexadecimal digits behind it; write %25 for a %");
        } else if (!http::is_field_value(*byte) || byte->front() == '\t') {
            refuse_("a control byte is in no path that is asked for");
        } else if (length == 1 && (path.front() == '?' || path.front() == '#')) {
            refuse_("a path ends before ? and #; query parameters follow it as name=value");
        } else {
            made_.pattern += *byte;
        }
        path.remove_prefix(std::min(length, path.size()));
    }

    void check_path() {
        const std::string closed = made_.pattern + "/";
        if (closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos) {
            refuse_("requests come without . and .. in their path; write the path that is meant");
        }
        // "/*/" is "/*": what a splat stands for ends as it likes.
        if (made_.pattern.size() > 2 && made_.pattern.back() == '/' &&
            made_.pattern[made_.pattern.size() - 2] == site::splat_mark) {
            made_.pattern.pop_back();
        }
    }

    const Refuse& refuse_;
    PathPattern made_;
};

}  // namespace

PathPattern compile_path(std::string_view path, const Refuse& refuse) {
    return Compiler(refuse).run(path);
}

std::size_t read_reference(std::string_view text, const std::vector<std::string>& names,
                           std::size_t& length) {
    length = measure_reference(text);
    const auto found = length == 0
                           ? names.end()
                           : std::find(names.begin(), names.end(), text.substr(1, length - 1));
    return found == names.end() ? std::string::npos
                                : static_cast<std::size_t>(found - names.begin());
}

}  // namespace cloister::press
