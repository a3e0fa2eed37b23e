// A store that an earlier build made is read by this one: everything in it, to the byte, and it goes on.
//
// tests/data/store_format_1 was made by this program itself, once, when format 1 was new:
//     LEFTFOLD_MAKE_GOLDEN=tests/data/store_format_1 build/joined/tests/trust_golden_store
// It is never made again for the same format: what a released build has written stays readable.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "framework/bank.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "leftfold/testing/world.hpp"
#include "leftfold/tools/main.hpp"
#include "support/closing_line.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace golden_store_test {

using namespace test_support;
namespace fs = std::filesystem;

struct balance {
    std::string account;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(balance, (), (account, cents))

class balances : public projection<balances, bank::opened, bank::deposited, bank::withdrawn> {
public:
    static constexpr auto projection_name = "balances";
    using ignored = ignores_others;
    table<balance, &balance::account> rows{*this, "balances", {.history = true}};
    void on(const bank::opened&, const recorded& at) { rows.insert({at.key(), 0}); }
    void on(const bank::deposited& e, const recorded& at) { rows.at(at.key()).cents += e.cents; }
    void on(const bank::withdrawn& e, const recorded& at) { rows.at(at.key()).cents -= e.cents; }
};

constexpr int owners = 4;
std::string owner(int number) { return "owner" + std::to_string(number); }

std::string export_of(const fs::path& store) {
    const std::string path = store.string();
    const char* words[] = {"leftfold", "export", path.c_str()};
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(tools::run(3, words, in, out, err), tools::success) << err.str();
    return out.str();
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Every kind of thing that a store holds: events with headers and times, binary payloads, snapshots, a checkpoint, and
// a read model with history beside it.
void make(const fs::path& directory) {
    fs::create_directories(directory);
    const environment world{.clock = std::make_shared<testing::manual_clock>(),
                            .random = std::make_shared<testing::seeded_random>()};
    auto store =
        open_sqlite(directory / "bank.store", {.partitions = 2, .mode = open_mode::create, .store = {.world = world}});
    repository<bank::account> accounts(store, {.snapshots = {.every = 3}});
    for (int i = 0; i != 24; ++i) {
        accounts.execute(owner(i % owners), [&](bank::account& a) {
            if (a.owner().empty()) a.open(owner(i % owners));
            a.deposit(100 + i);
            if (i % 6 == 5) a.withdraw(50);
        });
        static_cast<void>(accounts.load(owner(i % owners)));
    }
    std::vector<event_data> odd;
    odd.emplace_back(
        "scan.made", std::string("\x00\xff\x01", 3),
        headers{{header_name::content_type, "image/x"}, {"a", "1"}, {"a", std::string_view("\x00\xfe", 2)}},
        occurred_at::from_micros(-5));
    odd.emplace_back("scan.noted", "{\n  \"on\": \"two lines\", \"of\": \"\u4e2d\"\n}");
    store.append(stream_id("scan", "k\"\u00e9\n"), expected_version::none(), std::move(odd)).value();
    store.checkpoints().save("relay",
                             {.store = store.id(), .epoch = store.epoch(), .consumed = store.heads(), .chains = {}});
    {
        projection_engine engine{store};
        engine.add<balances>({.database = directory / "views.db"});
        engine.catch_up();
    }
    store.close();
    std::ofstream(directory / "export.jsonl", std::ios::binary) << export_of(directory / "bank.store");
    for (const auto* passing : {"views.db.lock", "bank.store/lock", "bank.store/ask"}) fs::remove(directory / passing);
}

void read(const fs::path& golden) {
    const temporary_directory place;
    fs::copy(golden, place / "copy", fs::copy_options::recursive);
    const auto home = place / "copy";
    EXPECT_EQ(export_of(home / "bank.store"), read_file(golden / "export.jsonl"));
    auto store = open_sqlite(home / "bank.store", {.mode = open_mode::open_existing});
    const auto checked = verify(store);
    EXPECT_TRUE(checked.sound()) << (checked.sound() ? "" : checked.damages.front().what);
    EXPECT_EQ(store.checkpoints().load("relay")->consumed, store.heads());
    projection_engine engine{store};
    auto& model = engine.add<balances>({.database = home / "views.db"});
    EXPECT_EQ(engine.status<balances>().begun_anew_because, "");
    repository<bank::account> accounts(store, {.snapshots = {.every = 3}});
    for (int i = 0; i != owners; ++i) {
        const auto loaded = accounts.load(owner(i));
        ASSERT_TRUE(loaded) << owner(i);
        EXPECT_EQ(loaded->balance(), 6 * 100 + 6 * i + 60 - (i % 2 == 1 ? 2 * 50 : 0)) << owner(i);
        EXPECT_EQ(model.rows.find(owner(i))->cents, loaded->balance());
    }
    EXPECT_GT(accounts.snapshots().used, 0u) << "its snapshots are not taken any more";
    accounts.execute(owner(0), [](bank::account& a) { a.deposit(1); });
    engine.catch_up();
    EXPECT_TRUE(verify(store).sound());
    closing_line("golden_store: 1 format, {} events read to the byte, snapshots, checkpoint and read model go on",
                 checked.events);
    EXPECT_GT(checked.events, 30);
}

TEST(golden_store, of_format_1_is_read_to_the_byte_and_goes_on) {
    if (const auto* where = std::getenv("LEFTFOLD_MAKE_GOLDEN")) make(where);
    read(fs::path(LEFTFOLD_SOURCE_DIR) / "tests/data/store_format_1");
}

}  // namespace golden_store_test
}  // namespace leftfold
