// Whatever is altered in a store's files or in an export is found, or alters nothing that is answered: one bit, a
// sector, a tail that is cut off; and in the database events that are altered, swapped or missing. Where an event was
// altered, the place that is named is that event's, or the next one's.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <sstream>

#include "framework/bank.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "leftfold/tools/main.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"
#include "support/closing_line.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace bit_flip_test {

using namespace test_support;
namespace fs = std::filesystem;

constexpr std::int64_t rounds = 60;
constexpr int owners = 5;

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

using dice = std::mt19937_64;

// Alters bytes in one of three ways.
std::string altered(std::string bytes, dice& random) {
    const auto at = random() % bytes.size();
    switch (random() % 3) {
        case 0:  // one bit
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << (random() % 8)));
            break;
        case 1: {  // a sector, as far as the file goes
            const auto begin = at / 512 * 512;
            for (auto i = begin; i != std::min(begin + 512, bytes.size()); ++i) bytes[i] = static_cast<char>(random());
            break;
        }
        default:  // the tail
            bytes.resize(at);
    }
    return bytes;
}

int run_tool(const std::vector<std::string>& words, const std::string& input, std::string& out) {
    std::vector<const char*> argv{"leftfold"};
    for (const auto& word : words) argv.push_back(word.c_str());
    std::istringstream in(input);
    std::ostringstream answer;
    std::ostringstream complaints;
    const auto status = tools::run(static_cast<int>(argv.size()), argv.data(), in, answer, complaints);
    out = answer.str();
    return status;
}

struct tally {
    int altered = 0;
    int found = 0;
    int without_effect = 0;
    int silent = 0;
    int located = 0;  // of those altered at a known event
    int misplaced = 0;
    std::string complaint;

    void count(bool was_found, bool is_same, const std::string& what) {
        ++altered;
        if (was_found)
            ++found;
        else if (is_same)
            ++without_effect;
        else if (++silent == 1 && complaint.empty())
            complaint = what;
    }
};

class bit_flip : public ::testing::Test {
protected:
    bit_flip() {
        {
            auto store = open_sqlite(sound(), {.partitions = 1});
            fill(store);
            copy_store(sound(), live());  // while its newest events are in the WAL alone
            read_sound(store);
        }
        EXPECT_EQ(run_tool({"export", sound().string()}, {}, export_), 0);
    }

    fs::path sound() const { return place_ / "sound"; }
    fs::path live() const { return place_ / "live"; }
    fs::path victim() const { return place_ / "victim"; }

    static void fill(event_store& store) {
        repository<bank::account> accounts(store, {.snapshots = {.every = 4}});
        for (std::int64_t i = 0; i != rounds; ++i) {
            const auto owner = "owner" + std::to_string(i % owners);
            accounts.execute(owner, [&](bank::account& a) {
                if (a.owner().empty()) a.open(owner + std::string(i % 3 == 0 ? 5'000 : 40, 'x'));
                a.deposit(i + 1);
            });
            static_cast<void>(accounts.load(owner));
        }
    }

    static std::vector<recorded_event> all_events(event_store& store) {
        std::vector<recorded_event> events;
        store.read_partition(partition_id(0), {}, {.events = 100'000}, {}, payloads::read,
                             [&](const event_view& event) {
                                 events.emplace_back(event);
                                 return true;
                             });
        return events;
    }

    static std::vector<std::int64_t> all_balances(event_store& store) {
        repository<bank::account> accounts(store, {.snapshots = {.every = 4}});
        std::vector<std::int64_t> balances;
        for (int i = 0; i != owners; ++i) balances.push_back(accounts.load("owner" + std::to_string(i))->balance());
        return balances;
    }

    void read_sound(event_store& store) {
        events_ = all_events(store);
        balances_ = all_balances(store);
        reached_ = verify(store).reached;
    }

    static void copy_store(const fs::path& from, const fs::path& to) {
        fs::remove_all(to);
        fs::create_directories(to);
        for (const auto& file : fs::directory_iterator(from)) {
            const auto name = file.path().filename().string();
            if (file.is_regular_file() && !name.ends_with("-shm") && name != "lock") fs::copy(file.path(), to / name);
        }
    }

    // Looks at the victim as an operator would who has kept a note of how far the store had come.
    std::vector<damage> damages_of_victim(bool& is_same) {
        try {
            auto store = open_sqlite(victim(), {.access = access::read_only});
            auto report = verify(store, {.known = {reached_}});
            is_same = report.sound() && all_events(store) == events_;
            return report.damages;
        } catch (const error& failed) {
            return {{{}, failed.what()}};
        }
    }

    void alter_file(const fs::path& from, const std::string& name, int times, tally& into) {
        copy_store(from, victim());
        const auto whole = read_file(from / name);
        ASSERT_FALSE(whole.empty()) << name;
        for (int i = 0; i != times; ++i) {
            if (name.ends_with("-wal") || i % 50 == 0) copy_store(from, victim());
            write_file(victim() / name, altered(whole, random_));
            fs::remove(victim() / "partition-0000.db-shm");
            bool is_same = false;
            const auto damages = damages_of_victim(is_same);
            into.count(!damages.empty(), is_same, name + ", alteration " + std::to_string(i));
        }
    }

    // Alters the rows of the database themselves: `alter` returns the events that it altered.
    void alter_rows(int times, const std::function<std::vector<std::int64_t>(sqlite::connection&)>& alter,
                    tally& into) {
        for (int i = 0; i != times; ++i) {
            copy_store(sound(), victim());
            std::vector<std::int64_t> where;
            {
                sqlite::connection db(victim() / "partition-0000.db", {.mode = sqlite::file_access::read_write});
                sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
                where = alter(db);
            }
            bool is_same = false;
            const auto damages = damages_of_victim(is_same);
            into.count(!damages.empty(), is_same, "event " + std::to_string(where.front()));
            const auto names_it = std::ranges::any_of(damages, [&](const damage& each) {
                const auto names = [&](std::int64_t at) {  // what refuses the store at once has the place in its text
                    return each.where.at == offset(at) ||
                           each.what.find(" 0:" + std::to_string(at) + " ") != std::string::npos;
                };
                return std::ranges::any_of(where, [&](std::int64_t at) { return names(at) || names(at + 1); });
            });
            ++(names_it ? into.located : into.misplaced);
            if (!names_it && into.complaint.empty())
                into.complaint = "event " + std::to_string(where.front()) +
                                 " is not named, but: " + (damages.empty() ? "nothing" : damages.front().what);
        }
    }

    std::int64_t any_event() { return 1 + static_cast<std::int64_t>(random_() % events_.size()); }

    std::int64_t alter_a_column(sqlite::connection& db);

    const temporary_directory place_{temporary_directory::where::in_memory};
    dice random_{23};
    std::vector<recorded_event> events_;
    std::vector<std::int64_t> balances_;
    checkpoint reached_;
    std::string export_;
};

std::int64_t bit_flip::alter_a_column(sqlite::connection& db) {
    struct column {
        const char* read;
        const char* write;
    };
    static constexpr column columns[] = {
        {"SELECT recorded_at FROM event WHERE \"offset\" = ?1",
         "UPDATE event SET recorded_at = ?2 WHERE \"offset\" = ?1"},
        {"SELECT occurred_at FROM event WHERE \"offset\" = ?1",
         "UPDATE event SET occurred_at = ?2 WHERE \"offset\" = ?1"},
        {"SELECT category FROM event WHERE \"offset\" = ?1", "UPDATE event SET category = ?2 WHERE \"offset\" = ?1"},
        {"SELECT key FROM event WHERE \"offset\" = ?1", "UPDATE event SET key = ?2 WHERE \"offset\" = ?1"},
        {"SELECT version FROM event WHERE \"offset\" = ?1", "UPDATE event SET version = ?2 WHERE \"offset\" = ?1"},
        {"SELECT type FROM event WHERE \"offset\" = ?1", "UPDATE event SET type = ?2 WHERE \"offset\" = ?1"},
        {"SELECT id FROM event WHERE \"offset\" = ?1", "UPDATE event SET id = ?2 WHERE \"offset\" = ?1"},
        {"SELECT chain FROM event WHERE \"offset\" = ?1", "UPDATE event SET chain = ?2 WHERE \"offset\" = ?1"},
        {"SELECT payload_crc FROM event WHERE \"offset\" = ?1",
         "UPDATE event SET payload_crc = ?2 WHERE \"offset\" = ?1"},
        {"SELECT envelope_crc FROM event WHERE \"offset\" = ?1",
         "UPDATE event SET envelope_crc = ?2 WHERE \"offset\" = ?1"},
        {"SELECT payload FROM event WHERE \"offset\" = ?1", "UPDATE event SET payload = ?2 WHERE \"offset\" = ?1"},
    };
    const auto& column = columns[random_() % std::size(columns)];
    const auto where = any_event();
    sqlite::statement read(db, column.read);
    read.bind(1, where).step();
    sqlite::statement write(db, column.write);
    write.bind(1, where);
    std::string bytes;
    if (sqlite3_column_type(read.handle(), 0) == SQLITE_INTEGER) {
        write.bind(2, read.number(0) ^ (std::int64_t{1} << (random_() % 31)));
    } else {
        const auto is_text = read.is_text(0);
        bytes = is_text ? read.text(0) : read.blob(0);
        auto& victim = bytes[random_() % bytes.size()];
        victim = static_cast<char>(static_cast<unsigned char>(victim) ^ (1U << (random_() % 7)));
        if (is_text)
            write.bind_text(2, bytes);
        else
            write.bind_blob(2, bytes);
    }
    read.reset();
    write.run();
    return where;
}

TEST_F(bit_flip, is_found_and_located_or_alters_nothing) {
    tally files;
    alter_file(sound(), "partition-0000.db", 700, files);
    alter_file(live(), "partition-0000.db-wal", 700, files);

    tally rows;
    alter_rows(
        300, [&](auto& db) { return std::vector{alter_a_column(db)}; }, rows);
    alter_rows(
        100,
        [&](auto& db) {
            const auto where = any_event();
            sqlite::statement(db, "DELETE FROM event WHERE \"offset\" = ?1").bind(1, where).run();
            return std::vector{where};
        },
        rows);
    alter_rows(
        100,
        [&](auto& db) {
            const auto one = any_event();
            const auto other = one == 1 ? 2 : 1 + (one - 1 + static_cast<std::int64_t>(random_() % 7)) % (one - 1);
            const auto move = [&](std::int64_t from, std::int64_t to) {
                sqlite::statement(db, "UPDATE event SET \"offset\" = ?2 WHERE \"offset\" = ?1")
                    .bind(1, from)
                    .bind(2, to)
                    .run();
            };
            move(one, -1);
            move(other, one);
            move(-1, other);
            return std::vector{one, other};
        },
        rows);

    tally snapshots;
    const auto kept = read_file(sound() / "snapshots.db");
    copy_store(sound(), victim());
    for (int i = 0; i != 600; ++i) {
        write_file(victim() / "snapshots.db", altered(kept, random_));
        for (const auto* suffix : {"-wal", "-shm"}) fs::remove(victim() / ("snapshots.db" + std::string(suffix)));
        auto store = open_sqlite(victim());
        snapshots.count(false, all_balances(store) == balances_, "a snapshot, alteration " + std::to_string(i));
    }

    tally exports;
    for (int i = 0; i != 500; ++i) {
        auto bytes = altered(export_, random_);
        if (i % 5 == 0) {  // lines in another order, or one of them missing
            std::vector<std::string> lines;
            std::istringstream text(export_);
            for (std::string line; std::getline(text, line);) lines.push_back(line + "\n");
            const auto at = random_() % (lines.size() - 1);
            if (i % 2 == 0)
                std::swap(lines[at], lines[at + 1]);
            else
                lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
            bytes.clear();
            for (const auto& line : lines) bytes += line;
        }
        fs::remove_all(victim());
        std::string out;
        const auto status = run_tool({"import", victim().string()}, bytes, out);
        std::string again;
        if (status == tools::success) run_tool({"export", victim().string()}, {}, again);
        exports.count(status != tools::success, again == export_, "an export, alteration " + std::to_string(i));
    }

    const auto altered = files.altered + rows.altered + snapshots.altered + exports.altered;
    const auto silent = files.silent + rows.silent + snapshots.silent + exports.silent;
    closing_line("bit_flip: {} altered, {} silent; {} found, {} without effect, {} of {} altered events located",
                 altered, silent, files.found + rows.found + exports.found,
                 files.without_effect + rows.without_effect + snapshots.without_effect + exports.without_effect,
                 rows.located, rows.altered);
    EXPECT_EQ(altered, 3'000);
    for (const auto* each : {&files, &rows, &snapshots, &exports}) EXPECT_EQ(each->silent, 0) << each->complaint;
    EXPECT_GT(files.found, 900);
    EXPECT_EQ(rows.found, rows.altered) << rows.complaint;
    EXPECT_EQ(rows.misplaced, 0) << rows.complaint;
    EXPECT_GT(exports.found, 450);
}

}  // namespace bit_flip_test
}  // namespace leftfold
