// SPDX-License-Identifier: MIT
// An image that lies on a disk, read in place: one descriptor and one mapping, however large it is.
#pragma once

#include <string>

#include "base/fd.h"
#include "site/site.h"

namespace cloister::site {

// The site in `file`, an open image. Its index is checked against its checksums, which takes as
// long as reading it; bodies are not looked at. The file must not become shorter while the site
// lives (see Region::map()): whoever publishes another image puts it beside this one and renames
// it. `shown` is for messages. Throws base::Failure (EX_DATAERR) that names the place of any
// damage, or std::system_error.
Site open_image(base::Fd file, const std::string& shown);

}  // namespace cloister::site
