// SPDX-License-Identifier: MIT
#include "site/image_file.h"

#include <sys/stat.h>

#include <utility>
#include <vector>

#include "base/check.h"
#include "site/region.h"

namespace cloister::site {

Site open_image(base::Fd file, const std::string& shown) {
    struct stat status {};

    base::check(::fstat(file.get(), &status), "look at " + shown);
    Region image = Region::map(file.get(), static_cast<std::size_t>(status.st_size), shown);
    return {std::move(image), std::move(file), std::vector<base::Fd>(), shown};
}

}  // namespace cloister::site
