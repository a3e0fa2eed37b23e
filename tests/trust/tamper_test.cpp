// Somebody who can write to a store's files, and knows the format, rewrites its history so that it agrees with itself:
// checksums, offsets, versions, chain. A head that was kept elsewhere gives each such history away, whatever was done.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <string_view>

#include "leftfold/storage/chain.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/event_rows.hpp"
#include "support/closing_line.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace tamper_test {

using namespace test_support;

constexpr int events = 16;
constexpr int streams = 3;

using history = std::vector<recorded_event>;
using dice = std::mt19937_64;

std::size_t any_of(const history& all, dice& random) { return random() % all.size(); }

recorded_event invented(const history& like, dice& random) {
    auto made = like[any_of(like, random)];
    for (auto& byte : made.id.bytes) byte = static_cast<std::uint8_t>(random());
    made.payload = "{\"cents\":" + std::to_string(random() % 1'000) + "}";
    return made;
}

// Each makes another history of the one given.

void change(history& all, dice& random) {
    auto& victim = all[any_of(all, random)];
    switch (random() % 4) {
        case 0:
            victim.payload += ' ';
            break;
        case 1:
            victim.type += 'x';
            break;
        case 2:
            victim.occurred = occurred_at::from_micros(victim.occurred.micros() + 1);
            break;
        default:
            victim.id.bytes[random() % 16] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    }
}

void remove(history& all, dice& random) { all.erase(all.begin() + static_cast<std::ptrdiff_t>(any_of(all, random))); }

void insert(history& all, dice& random) {
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(any_of(all, random)), invented(all, random));
}

void reorder(history& all, dice& random) {
    const auto one = any_of(all, random);
    std::swap(all[one], all[(one + 1 + random() % (all.size() - 1)) % all.size()]);
}

void truncate(history& all, dice& random) { all.resize(any_of(all, random)); }

// An older copy that has gone its own way since, and is as long as the other or longer.
void roll_back(history& all, dice& random) {
    const auto source = all;
    all.resize(any_of(all, random));
    while (all.size() < source.size() + random() % 3) all.push_back(invented(source, random));
}

/// Puts right whatever else a history needs to agree with itself.
void forge(history& all) {
    std::map<std::string, std::int64_t> versions;
    chain_hasher hasher;
    chain_hash before{};
    auto last = recorded_at::from_micros(0);
    for (std::size_t i = 0; i != all.size(); ++i) {
        auto& each = all[i];
        each.at = offset(static_cast<std::int64_t>(i) + 1);
        each.version = version(++versions[each.stream.key()]);
        each.recorded = std::max(each.recorded, recorded_at::from_micros(last.micros() + 1));
        last = each.recorded;
        each.integrity.payload_crc = crc32c(each.payload);
        each.integrity.chain = before = hasher.next(before, each.view());
        each.integrity.envelope_crc = envelope_crc(each.view());
    }
}

class tamper : public ::testing::Test {
protected:
    tamper() {
        auto store = open_sqlite(path(), {.partitions = 1});
        for (int i = 0; i != events; ++i) {
            std::vector<event_data> one;
            one.emplace_back("bank.deposited", "{\"cents\":" + std::to_string(i) + "}");
            store
                .append(stream_id("account", "owner" + std::to_string(i % streams)), expected_version::any(),
                        std::move(one))
                .value();
        }
        store.read_partition(partition_id(0), {}, {}, {}, payloads::read, [&](const event_view& event) {
            true_history_.emplace_back(event);
            return true;
        });
        kept_elsewhere_ = verify(store).reached;
    }

    std::filesystem::path path() const { return place_ / "bank.store"; }

    /// Puts a history in the place of the one that is stored.
    void rewrite(sqlite::connection& db, const history& with) {
        sqlite::transaction change(db);
        db.execute("DELETE FROM event");
        auto insertion = sqlite::prepare_insert(db);
        for (const auto& each : with) sqlite::insert(insertion, each.view());
        change.commit();
    }

    /// Whether the head that was kept gives the stored history away, by itself.
    bool gives_away(event_store& store) const {
        const auto report = verify(store, {.known = {kept_elsewhere_}});
        return std::ranges::any_of(
            report.damages, [](const damage& each) { return each.what.find("noted up to here") != std::string::npos; });
    }

    /// Whether somebody who opens the store and has kept nothing finds it sound. Whoever forges also removes the index,
    /// which is made again from the log.
    bool passes_for_sound() const {
        for (const auto* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(path() / ("index-0000.db" + std::string(suffix)));
        try {
            auto store = open_sqlite(path(), {.access = access::read_only});
            return verify(store).sound();
        } catch (const error&) {
            return false;
        }
    }

    const temporary_directory place_{temporary_directory::where::in_memory};
    history true_history_;
    checkpoint kept_elsewhere_;
};

TEST_F(tamper, a_head_kept_elsewhere_gives_away_every_history_that_was_rewritten) {
    struct kind {
        std::string_view name;
        void (*tampering)(history&, dice&);
    };
    static constexpr std::array<kind, 6> kinds{{{"changed", change},
                                                {"removed", remove},
                                                {"inserted", insert},
                                                {"reordered", reorder},
                                                {"truncated", truncate},
                                                {"rolled back", roll_back}}};
    // Under ./check --full ten thousand of each, which takes half a minute.
    const auto* const tier = std::getenv("LEFTFOLD_TIER");
    const bool is_long = tier != nullptr && std::string_view(tier) != "short";
    const int each = is_long ? 10'000 : 1'000;
    const auto* const seed = std::getenv("LEFTFOLD_SEED");
    dice random{seed != nullptr ? std::strtoull(seed, nullptr, 10) : 17};

    auto store = open_sqlite(path(), {.access = access::read_only});  // the page `live` is looked at when it opens
    sqlite::connection db(path() / "partition-0000.db", {.mode = sqlite::file_access::read_write});
    db.execute(
        "DROP TRIGGER event_is_never_changed; DROP TRIGGER event_is_never_deleted; "
        "DROP TRIGGER event_is_never_replaced");
    EXPECT_FALSE(gives_away(store)) << "before anything was done";

    int found = 0;
    int looked_at = 0;
    int passed = 0;
    for (const auto& [name, tampering] : kinds) {
        for (int i = 0; i != each; ++i) {
            auto altered = true_history_;
            do {
                tampering(altered, random);
                forge(altered);
            } while (altered == true_history_);
            rewrite(db, altered);
            const bool is_found = gives_away(store);
            found += is_found ? 1 : 0;
            ASSERT_TRUE(is_found) << name << ", number " << i;
            if (i % 50 != 0) continue;
            ++looked_at;
            passed += passes_for_sound() ? 1 : 0;
        }
    }
    rewrite(db, true_history_);
    EXPECT_FALSE(gives_away(store)) << "after everything was put right";
    EXPECT_TRUE(passes_for_sound());
    EXPECT_GT(passed, looked_at / 2) << "these forgeries are too easy to see to show what a kept head is for";
    closing_line(
        "tamper: {} histories rewritten, {} found by the head kept elsewhere; without it {} of {} passed for sound",
        each * static_cast<int>(kinds.size()), found, passed, looked_at);
}

}  // namespace tamper_test
}  // namespace leftfold
