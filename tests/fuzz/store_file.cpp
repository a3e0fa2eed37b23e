// A store whose files were altered at some places: each question is refused by a typed error, or answered with events
// that were stored. The input is a list of edits, of five bytes each: which file, where, and what stands there now.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"

namespace {

namespace fs = std::filesystem;

/// A small sound store in memory, its files by name, and a directory to put altered ones into.
struct sound_store {
    fs::path directory = fs::path("/dev/shm") / ("leftfold-fuzz-" + std::to_string(::getpid()));
    std::map<std::string, std::string> files;
    std::vector<leftfold::recorded_event> events;

    sound_store() {
        fs::remove_all(directory);
        {
            auto store = leftfold::open_sqlite(directory, {.partitions = 1});
            for (int i = 0; i != 40; ++i) {
                std::vector<leftfold::event_data> one;
                one.emplace_back("fuzz.happened", "{\"n\":" + std::to_string(i) + "}");
                store.append({"fuzz", "s" + std::to_string(i % 3)}, leftfold::expected_version::any(), std::move(one))
                    .value();
            }
            events = all_of(store);
        }
        for (const auto& each : fs::directory_iterator(directory)) {
            if (!each.is_regular_file()) continue;
            std::ifstream in(each.path(), std::ios::binary);
            files[each.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
        }
    }
    sound_store(const sound_store&) = delete;
    sound_store& operator=(const sound_store&) = delete;
    ~sound_store() { fs::remove_all(directory); }

    static std::vector<leftfold::recorded_event> all_of(leftfold::event_store& store) {
        std::vector<leftfold::recorded_event> found;
        store.read_partition(leftfold::partition_id{0}, {}, {}, {}, leftfold::payloads::read,
                             [&](const leftfold::event_view& event) {
                                 found.emplace_back(event);
                                 return true;
                             });
        return found;
    }

    void put(const std::map<std::string, std::string>& altered) const {
        fs::remove_all(directory);
        fs::create_directory(directory);
        for (const auto& [name, bytes] : altered) std::ofstream(directory / name, std::ios::binary) << bytes;
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const sound_store sound;
    auto altered = sound.files;
    for (; size >= 5; data += 5, size -= 5) {
        auto& bytes = std::next(altered.begin(), data[0] % static_cast<int>(altered.size()))->second;
        const auto at = std::size_t{data[1]} << 16U | std::size_t{data[2]} << 8U | std::size_t{data[3]};
        if (!bytes.empty()) bytes[at % bytes.size()] = static_cast<char>(data[4]);
    }
    sound.put(altered);
    try {
        auto store = leftfold::open_sqlite(sound.directory, {.access = leftfold::access::read_only});
        const auto read = sound_store::all_of(store);
        // The beginning of what was stored: a tail that is gone shows against a note of how far it went.
        if (read.size() > sound.events.size() || !std::equal(read.begin(), read.end(), sound.events.begin()))
            std::abort();
        static_cast<void>(verify(store));
    } catch (const leftfold::error&) {
        return 0;
    }
    return 0;
}
