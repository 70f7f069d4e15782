// SPDX-License-Identifier: MIT
#include "transport/tls_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "base/check.h"
#include "base/one_line.h"

namespace cloister::transport {

namespace {

constexpr std::string_view certificate_end = ".crt";
constexpr std::string_view key_end = ".key";
constexpr std::string_view staple_end = ".ocsp";
constexpr std::string_view first_name = "tls";
// LoadCredential=tls:FOLDER passes each file of the folder as tls_FILE (systemd.exec(5)).
constexpr std::string_view folder_prefix = "tls_";

[[noreturn]] void refuse_folder(const std::string& folder, const std::error_code& error) {
    const int status = error == std::errc::permission_denied           ? EX_NOPERM
                       : error == std::errc::no_such_file_or_directory ? EX_NOINPUT
                                                                       : EX_CONFIG;
    refuse(status, folder,
           error.message() +
               "; certificates are looked for in this folder: let LoadCredential= of the service "
               "unit make it, or name files with --tls-cert and --tls-key");
}

std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    while (!error && entry != std::filesystem::directory_iterator()) {
        names.insert(entry->path().filename().string());
        entry.increment(error);
    }
    if (error) {
        refuse_folder(folder, error);
    }
    return names;
}

// `name` without `end`; empty if it does not end so, or is nothing else, or is hidden.
std::string stem_of(std::string_view name, std::string_view end) {
    if (!name.ends_with(end) || name.starts_with('.')) {
        return {};
    }
    return std::string(name.substr(0, name.size() - end.size()));
}

std::string operator+(const std::string& stem, std::string_view end) {
    return stem + std::string(end);
}

// What the administrator has called it.
std::string_view name_of(std::string_view stem) {
    return stem.starts_with(folder_prefix) ? stem.substr(folder_prefix.size()) : stem;
}

bool comes_first(const std::string& stem) {
    return name_of(stem) == first_name;
}

}  // namespace

void refuse(int exit_status, const std::string& path, const std::string& complaint) {
    throw base::Failure(exit_status, base::one_line(path) + ": " + complaint);
}

std::vector<PairFiles> pairs_in(const std::string& folder) {
    const std::set<std::string> names = names_in(folder);
    const auto path_of = [&](const std::string& name) {
        return (std::filesystem::path(folder) / name).string();
    };
    std::vector<std::string> stems;
    for (const std::string& name : names) {
        if (const std::string stem = stem_of(name, certificate_end); !stem.empty()) {
            if (!names.contains(stem + key_end)) {
                refuse(EX_CONFIG, path_of(name),
                       "this certificate has no key beside it; pass it as " + (stem + key_end));
            }
            stems.push_back(stem);
        }
        if (const std::string stem = stem_of(name, key_end);
            !stem.empty() && !names.contains(stem + certificate_end)) {
            refuse(EX_CONFIG, path_of(name),
                   "this key has no certificate beside it; pass it as " + (stem + certificate_end));
        }
    }
    std::sort(stems.begin(), stems.end());
    std::stable_partition(stems.begin(), stems.end(), comes_first);
    std::vector<PairFiles> pairs;
    for (const std::string& stem : stems) {
        const bool has_staple = names.contains(stem + staple_end);
        pairs.push_back({.certificate = path_of(stem + certificate_end),
                         .key = path_of(stem + key_end),
                         .staple = has_staple ? path_of(stem + staple_end) : ""});
    }
    return pairs;
}

PairFiles pair_of(const std::string& certificate, const std::string& key) {
    const std::string staple =
        std::filesystem::path(certificate).replace_extension(staple_end).string();
    std::error_code ignored;  // What hides the staple hides the certificate, which will say so.
    const bool has_staple = staple != certificate && std::filesystem::exists(staple, ignored);
    return {.certificate = certificate, .key = key, .staple = has_staple ? staple : ""};
}

std::string label_of(const PairFiles& files) {
    return base::one_line(name_of(std::filesystem::path(files.certificate).stem().string()));
}

}  // namespace cloister::transport
