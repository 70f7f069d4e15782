// SPDX-License-Identifier: MIT
#include "load_site.h"

#include <sysexits.h>

#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "press/press.h"
#include "server/descriptor_limit.h"
#include "start_report.h"

namespace cloister {

namespace limits = base::limits;

namespace {

void warn(const std::vector<std::string>& warnings, const base::Log& log) {
    for (const std::string& warning : warnings) {
        log.warning(warning);
    }
}

press::Settings settings_for(const Options& options, StartReport& report) {
    press::Settings settings;
    settings.has_hosts = options.has_hosts;
    settings.conventions = options.conventions;
    settings.budget.site_bytes = options.site_memory.value_or(limits::memory_site_bytes);
    const std::size_t descriptors = server::raise_descriptor_limit();
    settings.budget.open_files = descriptors - descriptors / limits::open_site_share;
    settings.progress = report.progress();
    return settings;
}

}  // namespace

site::Site load_site(const Options& options, const systemd::Notifier& notifier,
                     const base::Log& log) {
    if (!options.site) {
        return {};
    }
    StartReport report(notifier, log);
    press::Pressed pressed = press::open_site(*options.site, settings_for(options, report));
    warn(pressed.warnings, log);
    if (options.command == Command::check) {
        pressed.site.check_bodies(*options.site, report.progress());
    }
    return std::move(pressed.site);
}

std::string site_text(const Options& options, const site::Site& site) {
    const std::string hosts =
        options.has_hosts ? std::to_string(site.hosts().size()) + " hosts, " : "";
    return options.site.value_or("") + " (" + hosts + std::to_string(site.file_count()) + " files)";
}

int pack_site(const Options& options, const base::Log& log) {
    // A limit of the size of files (ulimit -f) is an error like a full disk, with a clean end.
    std::signal(SIGXFSZ, SIG_IGN);  // NOLINT(cert-err33-c): nothing can be done if it is not
    const systemd::Notifier notifier = systemd::Notifier::connect({});
    StartReport report(notifier, log);
    const press::Pressed packed =
        press::pack(*options.site, options.image, settings_for(options, report));
    warn(packed.warnings, log);
    log.notice("packed " + site_text(options, packed.site) + " into " + options.image + ", " +
               std::to_string(packed.site.image_bytes()) + " bytes");
    return EX_OK;
}

}  // namespace cloister
