// SPDX-License-Identifier: MIT
// The query of a request as rules of a _redirects file see it: parameters, in any order.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "site/pattern.h"

namespace cloister::site {

class Query {
  public:
    // Reads "name=value&name=value..." as sent, which outlives this; of the parameters, the first
    // limits::query_parameter_count.
    explicit Query(std::string_view query);

    // Whether it has all that a rule asks for (Redirect::parameters); others may be there, too.
    // Appends to `captures` what stands for a value that may be any, as sent.
    bool has(std::string_view parameters, Captures& captures) const;

    // The query as sent, but for the parameters that a rule asks for.
    [[nodiscard]] std::string without(std::string_view parameters) const;

  private:
    struct Parameter {
        std::string_view all;  // with the '=', if there is one
        std::string_view name;
        std::string_view value;
    };

    std::array<Parameter, base::limits::query_parameter_count> parameters_;
    std::size_t count_ = 0;
    std::string_view rest_;  // that was not read
};

}  // namespace cloister::site
