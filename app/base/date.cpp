// SPDX-License-Identifier: MIT
#include "base/date.h"

#include <array>
#include <charconv>

namespace cloister::base {

namespace chr = std::chrono;

namespace {

constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_digits(std::string& text, int value, int width) {
    for (int divisor = width == 4 ? 1000 : 10; divisor > 0; divisor /= 10) {
        text += static_cast<char>('0' + value / divisor % 10);
    }
}

// Reads a date from left to right; any surprise makes all later reads fail.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    void literal(std::string_view expected) {
        if (rest_.substr(0, expected.size()) != expected) {
            good_ = false;
        } else {
            rest_.remove_prefix(expected.size());
        }
    }

    int digits(std::size_t width) {
        int value = 0;
        const std::string_view number = rest_.substr(0, width);
        for (const char digit : number) {
            good_ = good_ && digit >= '0' && digit <= '9';
            value = value * 10 + (digit - '0');
        }
        good_ = good_ && number.size() == width;
        rest_.remove_prefix(number.size());
        return good_ ? value : 0;
    }

    // asctime pads the day of the month with a space.
    int padded_day() {
        if (rest_.starts_with(' ')) {
            rest_.remove_prefix(1);
            return digits(1);
        }
        return digits(2);
    }

    template <std::size_t Count>
    unsigned name(const std::array<std::string_view, Count>& names) {
        for (unsigned index = 0; index < Count; ++index) {
            if (good_ && rest_.starts_with(names[index])) {
                rest_.remove_prefix(names[index].size());
                return index;
            }
        }
        good_ = false;
        return 0;
    }

    chr::seconds time_of_day() {
        const int hour = digits(2);
        literal(":");
        const int minute = digits(2);
        literal(":");
        const int second = digits(2);
        good_ = good_ && hour < 24 && minute < 60 && second <= 60;
        return chr::hours(hour) + chr::minutes(minute) + chr::seconds(second);
    }

    [[nodiscard]] bool good_to_the_end() const { return good_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool good_ = true;
};

std::optional<chr::sys_seconds> assemble(const Reader& reader, int year, unsigned month, int day,
                                         chr::seconds time) {
    const chr::year_month_day date{chr::year(year), chr::month(month + 1),
                                   chr::day(static_cast<unsigned>(day))};
    if (!reader.good_to_the_end() || !date.ok()) {
        return std::nullopt;
    }
    return chr::sys_days(date) + time;
}

// RFC 9110 5.6.7: a two-digit year that seems more than 50 years ahead is in the past.
int full_year(int two_digits) {
    const auto today = chr::floor<chr::days>(chr::system_clock::now());
    const int now = static_cast<int>(chr::year_month_day(today).year());
    const int year = now - now % 100 + two_digits;
    return year > now + 50 ? year - 100 : year;
}

}  // namespace

std::string http_date(chr::sys_seconds time) {
    const auto midnight = chr::floor<chr::days>(time);
    const chr::year_month_day date(midnight);
    const chr::hh_mm_ss clock(time - midnight);
    std::string text;
    text.reserve(29);
    text += days.at(chr::weekday(midnight).c_encoding());
    text += ", ";
    append_digits(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    text += ' ';
    text += months.at(static_cast<unsigned>(date.month()) - 1);
    text += ' ';
    append_digits(text, static_cast<int>(date.year()), 4);
    text += ' ';
    append_digits(text, static_cast<int>(clock.hours().count()), 2);
    text += ':';
    append_digits(text, static_cast<int>(clock.minutes().count()), 2);
    text += ':';
    append_digits(text, static_cast<int>(clock.seconds().count()), 2);
    text += " GMT";
    return text;
}

std::optional<chr::sys_seconds> parse_http_date(std::string_view text) {
    Reader reader(text);
    if (text.find(',') == 3) {  // Sun, 06 Nov 1994 08:49:37 GMT
        reader.name(days);
        reader.literal(", ");
        const int day = reader.digits(2);
        reader.literal(" ");
        const unsigned month = reader.name(months);
        reader.literal(" ");
        const int year = reader.digits(4);
        reader.literal(" ");
        const chr::seconds time = reader.time_of_day();
        reader.literal(" GMT");
        return assemble(reader, year, month, day, time);
    }
    if (text.find(',') != std::string_view::npos) {  // Sunday, 06-Nov-94 08:49:37 GMT
        reader.name(long_days);
        reader.literal(", ");
        const int day = reader.digits(2);
        reader.literal("-");
        const unsigned month = reader.name(months);
        reader.literal("-");
        const int year = full_year(reader.digits(2));
        reader.literal(" ");
        const chr::seconds time = reader.time_of_day();
        reader.literal(" GMT");
        return assemble(reader, year, month, day, time);
    }
    reader.name(days);  // Sun Nov  6 08:49:37 1994
    reader.literal(" ");
    const unsigned month = reader.name(months);
    reader.literal(" ");
    const int day = reader.padded_day();
    reader.literal(" ");
    const chr::seconds time = reader.time_of_day();
    reader.literal(" ");
    const int year = reader.digits(4);
    return assemble(reader, year, month, day, time);
}

}  // namespace cloister::base
