// SPDX-License-Identifier: MIT
// Whether bytes are an image that can be served in place: everything that a row points to lies
// where it may, so that serving needs no check, whoever made the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "site/image.h"

namespace cloister::site {

// The header of `image`, checked whole together with the index; of the bodies, that they lie within
// the image. It reads the index once. `has_file`: the image is mapped from a file that can be sent
// from; `file_count` is how many other open files stand beside it.
// Throws base::Failure (EX_DATAERR) that names `shown`, the byte where the damage is, and the
// remedy.
Header check_image(std::string_view image, bool has_file, std::size_t file_count,
                   const std::string& shown);

// The refusal of an image that is not what was written. `at` is the byte where the damage is.
[[noreturn]] void refuse_damaged(const std::string& shown, std::uint64_t at,
                                 const std::string& what);

// The rows of a table of a checked image's index.
template <class Row>
const Row* rows_of(std::string_view index, const Table& table) {
    return reinterpret_cast<const Row*>(index.data() + table.offset);
}

}  // namespace cloister::site
