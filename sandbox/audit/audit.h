// SPDX-License-Identifier: MIT
// Proves the lock from within: tries every escape under nothing, under each layer alone, and under
// the whole lock, and says what became of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/audit/self.h"
#include "sandbox/audit/trial.h"
#include "sandbox/filter_survey.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox::audit {

// A lock, and how it did.
struct Column {
    std::string_view key;
    std::string_view title;
    bool is_full;
    std::size_t succeeded = 0;  // attempts that got through
};

struct Row {
    Attempt attempt;
    std::vector<Outcome> outcomes;  // by column

    // It fails without any lock of ours, so that its failure proves nothing.
    [[nodiscard]] bool is_denied_outside() const;
};

struct Result {
    std::vector<Column> columns;
    std::vector<Row> rows;
    Filter filter;  // the bytes that the lock installs
    Survey found;   // what they let through
    Self self;

    // Attempts that do succeed outside.
    [[nodiscard]] std::size_t proofs() const;

    // What speaks against the lock, each in one sentence; none: it holds.
    [[nodiscard]] std::vector<std::string> objections() const;

    // 0 if there is no objection, or else 1.
    [[nodiscard]] int exit_status() const;
};

// Makes the attempts `tried` under every lock; all of them take some seconds. Called by a process
// that has one thread and no children. Throws Refusal if it has a privilege: the lock would refuse
// it, and what root may do says nothing about the server. Throws std::system_error.
Result audit(const Confine& confine = sandbox::confine,
             const std::vector<Attempt>& tried = attempts());

// For people: at most 100 columns wide, with colours if `is_colourful`; `digest` names the filter,
// as "sha256 ..." does.
std::string text_of(const Result& result, std::string_view digest, bool is_colourful);

// For programs: one JSON object.
std::string json_of(const Result& result, std::string_view digest);

}  // namespace cloister::sandbox::audit
