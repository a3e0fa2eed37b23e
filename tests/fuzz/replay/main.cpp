// Replays a corpus: gives every file of the folders named on the command line to the fuzz target that this is linked
// with.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    using clock = std::chrono::steady_clock;
    constexpr auto longest =
        std::chrono::seconds(5);  // a sanitized build on a busy machine; libFuzzer itself allows 1 s
    int replayed = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            const std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
            const auto began = clock::now();
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            if (clock::now() - began > longest) {
                std::fprintf(stderr, "%s: takes over %d s\n", entry.path().c_str(), static_cast<int>(longest.count()));
                return 1;
            }
            ++replayed;
        }
    }
    std::printf("fuzz_corpus: %d inputs replayed\n", replayed);
    return replayed > 0 ? 0 : 1;  // an empty corpus proves nothing
}
