// A snapshot that was altered: loading its aggregate never fails, and gives what its events fold to unless somebody
// wrote another state together with a checksum that fits.
//
// The first byte says what is altered. `f`: the file, at some places, as in store_file; anything else: the snapshot
// itself, whose fields are added to as the next bytes say, and whose state the rest is, if there is any.

#include <boost/describe/class.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;

struct noted {
    static constexpr auto event_type = "fuzz.noted";
    std::string text;
    std::int32_t n{};
};
BOOST_DESCRIBE_STRUCT(noted, (), (text, n))

class notes : public leftfold::aggregate<notes, noted> {
public:
    static constexpr auto category = "notes";
    void note(std::string text, std::int32_t n) { raise(noted{std::move(text), n}); }
    std::size_t taken() const { return taken_; }
    friend bool operator==(const notes& a, const notes& b) {
        return a.taken_ == b.taken_ && a.texts_ == b.texts_ && a.sums_ == b.sums_;
    }

private:
    friend aggregate;
    void apply(const noted& e) {
        ++taken_;
        texts_.push_back(e.text);
        sums_[e.text] ^= static_cast<std::uint32_t>(e.n);
    }

    std::uint64_t taken_{};
    std::vector<std::string> texts_;
    std::map<std::string, std::uint32_t> sums_;
    BOOST_DESCRIBE_CLASS(notes, (), (), (), (taken_, texts_, sums_))
};

const leftfold::repository_options with_snapshots{.snapshots = {.every = 5, .spacing = 5, .refold_every = 0}};

void take_notes(leftfold::repository<notes>& all) {
    for (int i = 0; i != 17; ++i) all.execute("a", [&](notes& a) { a.note("t" + std::to_string(i % 3), i); });
}

/// A store with one aggregate, which has snapshots at some of its versions.
struct kept {
    fuzz::scratch scratch;
    fs::path directory = scratch / "store";
    fs::path file = directory / "snapshots.db";
    notes folded;
    std::map<fs::path, std::string> files;

    kept() {
        auto store = leftfold::open_sqlite(directory, {.partitions = 1});
        leftfold::repository<notes> all{store, with_snapshots};
        take_notes(all);
        folded = *leftfold::repository<notes>{store}.load("a");
        store.close();
        for (const auto& each : fs::directory_iterator(directory)) {
            if (!each.is_regular_file()) continue;
            std::ifstream in(each.path(), std::ios::binary);
            files[each.path()] = {std::istreambuf_iterator<char>(in), {}};
        }
    }

    /// Puts the store back as it was, but for the bytes of its snapshots.
    void put(const std::string& snapshots) const {
        fs::remove_all(directory);
        fs::create_directory(directory);
        for (const auto& [path, bytes] : files)
            std::ofstream(path, std::ios::binary) << (path == file ? snapshots : bytes);
    }
};

/// Takes one byte after another, and zeros when there are none left.
struct bytes_left {
    const unsigned char* data;
    std::size_t size;

    unsigned char next() {
        if (size == 0) return 0;
        --size;
        return *data++;
    }
    std::int64_t number() { return static_cast<signed char>(next()); }
};

/// Alters the file: what is loaded must be what was folded.
void alter_file(const kept& sound, bytes_left from) {
    auto altered = sound.files.at(sound.file);
    while (from.size >= 4) {
        const auto at = std::size_t{from.next()} << 16U | std::size_t{from.next()} << 8U | std::size_t{from.next()};
        altered[at % altered.size()] = static_cast<char>(from.next());
    }
    sound.put(altered);
    auto store = leftfold::open_sqlite(sound.directory, {.partitions = 1});
    leftfold::repository<notes> all{store, with_snapshots};
    if (*all.load("a") != sound.folded) std::abort();
    if (all.at_version("a", leftfold::version{7})->taken() != 7) std::abort();
}

/// The same aggregate in a store in memory, and its newest snapshot.
struct in_memory {
    leftfold::event_store store = leftfold::open_memory({.partitions = 2});
    leftfold::repository<notes> all{store, with_snapshots};
    leftfold::stream_id stream{"notes", "a"};
    leftfold::snapshot newest;

    in_memory() {
        take_notes(all);
        leftfold::detail::shape_hash both;
        both.number(leftfold::detail::fold_fingerprint<notes>());
        both.text(";");
        both.number(leftfold::event_registry{}.fingerprint());
        newest = store.snapshots()
                     .find(stream, both.value(), leftfold::version{INT64_MAX}, leftfold::recorded_at::max())
                     .value();
    }
};

/// Alters the snapshot under a checksum that fits: only another state may pass, since nothing but the events could
/// tell.
void alter_fields(const kept& sound, bytes_left from) {
    static in_memory all;
    auto altered = all.newest;
    altered.epoch = leftfold::store_epoch{altered.epoch.value() + from.number()};
    altered.version = altered.version.plus(from.number());
    altered.position.partition = leftfold::partition_id{altered.position.partition.value() ^ from.next()};
    altered.position.at = leftfold::offset{altered.position.at.value() + from.number()};
    altered.recorded = leftfold::recorded_at::from_micros(altered.recorded.micros() + from.number());
    altered.fingerprint ^= from.next();
    altered.chain[from.next() % altered.chain.size()] ^= from.next();
    altered.store.bytes[from.next() % altered.store.bytes.size()] ^= from.next();
    const bool is_of_this_history = altered.epoch == all.newest.epoch && altered.version == all.newest.version &&
                                    altered.position == all.newest.position &&
                                    altered.recorded == all.newest.recorded &&
                                    altered.fingerprint == all.newest.fingerprint &&
                                    altered.chain == all.newest.chain && altered.store == all.newest.store;
    if (from.size != 0) altered.state.assign(reinterpret_cast<const char*>(from.data), from.size);

    all.store.snapshots().drop(all.stream, leftfold::version{INT64_MIN}, leftfold::version{INT64_MAX});
    all.store.snapshots().save(altered);
    const auto loaded = all.all.load("a");
    if (loaded.version() != leftfold::version{17}) std::abort();
    if ((!is_of_this_history || altered.state == all.newest.state) && *loaded != sound.folded) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const kept sound;
    bytes_left from{data, size};
    if (from.next() == 'f')
        alter_file(sound, from);
    else
        alter_fields(sound, from);
    return 0;
}
