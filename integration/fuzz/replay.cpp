// SPDX-License-Identifier: MIT
// Stands in for libFuzzer where nothing is to be found anew: gives a fuzz target each file of its
// corpus, once. A finding ends it as it ends libFuzzer; the last name it printed is the culprit's.
//
//     x_fuzz FOLDER...    a folder may be missing, but they may not all be empty
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_in(const std::span<char*> folders) {
    std::vector<std::filesystem::path> files;
    for (const char* const folder : folders) {
        if (std::filesystem::is_directory(folder)) {
            for (const auto& entry : std::filesystem::directory_iterator(folder)) {
                files.push_back(entry.path());
            }
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

int main(int argc, char** argv) {
    const auto files = files_in(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    for (const std::filesystem::path& path : files) {
        std::printf("%s\n", path.c_str());
        std::fflush(stdout);
        std::ifstream file(path, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
        // A copy of just its size, so that AddressSanitizer sees a read behind it.
        const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
}
