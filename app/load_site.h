// SPDX-License-Identifier: MIT
// The site that the command line names: how it is opened, and how `cloister pack` makes an image of
// it.
#pragma once

#include <string>

#include "base/log.h"
#include "options.h"
#include "site/site.h"
#include "systemd/notifier.h"

namespace cloister {

// What --site or --sites names; an empty site if neither is there. Warnings go to the log, and so
// does how far it is, if it takes long; the service manager is asked for the time. For
// Command::check, every byte of an image is read. Before confinement. Throws base::Failure or
// std::system_error, naming the path and the remedy.
site::Site load_site(const Options& options, const systemd::Notifier& notifier,
                     const base::Log& log);

// "/srv/www (12 files)", for people.
std::string site_text(const Options& options, const site::Site& site);

// Command::pack. Returns the exit status 0, or throws as load_site() does.
int pack_site(const Options& options, const base::Log& log);

}  // namespace cloister
