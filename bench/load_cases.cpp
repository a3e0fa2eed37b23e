// Loading a stream of 1,000 events: read, decode, fold.

#include <stdexcept>

#include "appending.hpp"
#include "cases.hpp"
#include "leftfold/framework/repository.hpp"
#include "raw_dom.hpp"
#include "raw_sqlite.hpp"

namespace bench {

std::vector<result> load_1000(workshop& in) {
    constexpr std::int64_t length = 1'000;
    constexpr std::int64_t streams = 50;
    const auto path = in.fresh_path("bench.store");
    fill_store(path, length * streams, streams);
    auto store = open_store(path);
    raw_sqlite_log raw(in.fresh_path("raw.db"), raw_index::unique_version, raw_sync::off);
    raw.begin();
    for_each_row(store, [&](const raw_row& row) { raw.add(row); });
    raw.commit();
    leftfold::repository<item> items{store};

    const auto load_streams = [&](const std::function<std::int64_t(const std::string& key)>& load) {
        std::int64_t turn = 0;
        return repeat_for(in.chosen().seconds, [&] { return static_cast<double>(load(key_of(turn++ % streams))); });
    };
    const auto both = in.compare(
        [&] {
            return load_streams([&](const std::string& key) {
                std::int64_t changes = 0;
                std::int64_t cents = 0;
                raw.read_stream("item", key, [&](std::string_view payload) {
                    cents += cents_by_dom(payload);
                    ++changes;
                });
                if (cents != changes * item_changed{}.cents) throw std::runtime_error("wrong sum");
                return changes;
            });
        },
        [&] { return load_streams([&](const std::string& key) { return items.load(key)->changes(); }); });
    return {both.against("load_1000", "raw_sqlite_unique_dom", 1.25)};
}

}  // namespace bench
