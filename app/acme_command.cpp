// SPDX-License-Identifier: MIT
#include "acme_command.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "acme/board_writer.h"
#include "acme/challenge_folder.h"
#include "acme/folder_watch.h"
#include "systemd/notifier.h"

namespace cloister {

namespace {

using Lines = std::vector<std::string>;

// Of `lines`, those that were not there the last time: a folder is read again and again.
void warn_of_new(const Lines& lines, const Lines& known, const base::Log& log) {
    for (const std::string& line : lines) {
        if (std::find(known.begin(), known.end(), line) == known.end()) {
            log.warning(line);
        }
    }
}

}  // namespace

void keep_acme_board(const std::string& folder, const std::string& board, const base::Log& log) {
    const systemd::Notifier notifier = systemd::Notifier::connect({});
    acme::BoardWriter writer = acme::BoardWriter::open(board);
    if (writer.is_new()) {
        log.notice("made the board " + board + "; servers that are started from now on read it");
    }
    Lines warnings;
    while (true) {
        // Watched before it is read, so that whatever comes in between is read next.
        acme::FolderWatch watch = acme::FolderWatch::on(folder);
        do {
            acme::Challenges found = acme::read_challenges(folder);
            writer.show(found.answers);
            warn_of_new(found.warnings, warnings, log);
            warnings = std::move(found.warnings);
            // The first time it is news that the board is ready; that it still is does no harm.
            if (!notifier.ready("challenges: " + std::to_string(found.answers.size()))) {
                log.warning("systemd did not take READY=1, ignoring");
            }
        } while (watch.wait());
    }
}

}  // namespace cloister
