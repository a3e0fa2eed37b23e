// Rows that are true together with the events: in the same transaction, with a say in what is stored.

#include "leftfold/storage/commit_participant.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

#include "leftfold/storage/memory_store.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/storage/verify.hpp"
#include "leftfold/testing/world.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"
#include "support/child_process.hpp"
#include "support/simulated_disk.hpp"
#include "support/simulated_vfs.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace commit_participant_test {

using namespace test_support;

void execute(commit_transaction& in, const char* sql) {
    if (sqlite3_exec(in.sqlite(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw error(errc::io_error, sqlite3_errmsg(in.sqlite()));
}

/// Keeps a row for each event, keyed by its payload: no two events of a partition may have the same.
class unique_payloads final : public commit_participant {
public:
    std::string_view name() const override { return "unique payloads"; }

    void set_up(partition_id, commit_transaction& in) override {
        execute(in, R"(CREATE TABLE IF NOT EXISTS payload(text TEXT PRIMARY KEY, "offset" INTEGER, recorded INTEGER))");
    }

    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction& in) override {
        sqlite3_stmt* insert = nullptr;
        sqlite3_prepare_v2(in.sqlite(), "INSERT INTO payload VALUES(?1, ?2, ?3)", -1, &insert, nullptr);
        std::optional<refusal> refused;
        for (const auto& event : events) {
            sqlite3_bind_text(insert, 1, event.payload.data(), static_cast<int>(event.payload.size()),
                              SQLITE_TRANSIENT);
            sqlite3_bind_int64(insert, 2, event.at.value());
            sqlite3_bind_int64(insert, 3, event.recorded.micros());
            const int code = sqlite3_step(insert);
            sqlite3_reset(insert);
            if (code == SQLITE_DONE) continue;
            const bool taken = (code & 0xFF) == SQLITE_CONSTRAINT;
            refused = {taken ? errc::duplicate_row : errc::io_error, sqlite3_errmsg(in.sqlite())};
            break;
        }
        sqlite3_finalize(insert);
        return refused;
    }
};

/// Does whatever a test wants.
class any_participant final : public commit_participant {
public:
    using body = std::function<std::optional<refusal>(std::span<const event_view>, commit_transaction&)>;
    explicit any_participant(body does) : does_(std::move(does)) {}
    std::string_view name() const override { return "the test"; }
    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction& in) override {
        return does_(events, in);
    }

private:
    body does_;
};

std::vector<stream_append> one(const std::string& stream, const std::string& payload,
                               expected_version expected = expected_version::any()) {
    std::vector<event_data> events;
    events.emplace_back("account.opened", payload);
    std::vector<stream_append> whole;
    whole.emplace_back(stream_id("account", stream), expected, std::move(events));
    return whole;
}

class counting_observer final : public observer {
public:
    void on_group_commit(const group_commit& commit) override { commits.emplace_back(commit.appends, commit.events); }
    std::vector<std::pair<std::size_t, std::size_t>> commits;
};

/// A store on one thread, whose appends wait until they are let through in one group.
struct quiet_store {
    quiet_store(simulated_disk& disk, std::shared_ptr<commit_participant> who)
        : vfs(disk),
          store(open_sqlite(
              "/bank.store",
              {.partitions = 1, .vfs = vfs.name(), .store = {.world = {.executors = executors, .observer = seen}}})) {
        join_commits(store, std::move(who));
    }

    /// Queues an append; its outcome is in `outcomes` after let_through().
    void queue(std::vector<stream_append> what) {
        outcomes.emplace_back();
        store.start_append(std::move(what), {},
                           [this, i = outcomes.size() - 1](std::error_code code, append_result got) {
                               outcomes[i] = {code, std::move(got)};
                           });
    }
    void let_through() { executors->run(); }

    struct outcome {
        std::error_code code;
        std::optional<append_result> got;
    };
    std::shared_ptr<testing::queued_executors> executors = std::make_shared<testing::queued_executors>();
    std::shared_ptr<counting_observer> seen = std::make_shared<counting_observer>();
    simulated_vfs vfs;
    std::vector<outcome> outcomes;
    event_store store;
};

/// Counts the events of a partition, and those of them that have a row with their very place and time.
struct kept {
    std::int64_t events = 0;
    std::int64_t rows = 0;
    std::int64_t together = 0;
    friend bool operator==(const kept&, const kept&) = default;
};

kept kept_in(const std::filesystem::path& store, const std::string& vfs = {}) {
    sqlite::connection db(store / "partition-0000.db", {.vfs = vfs});
    kept found{.events = db.query_number("SELECT count(*) FROM event")};
    if (db.query_number("SELECT count(*) FROM sqlite_schema WHERE name = 'payload'") == 0) return found;
    found.rows = db.query_number("SELECT count(*) FROM payload");
    found.together = db.query_number(R"(SELECT count(*) FROM event e JOIN payload p ON p."offset" = e."offset"
                                        WHERE p.text = e.payload AND p.recorded = e.recorded_at)");
    return found;
}

bool is_sound(event_store& store) { return verify(store).sound(); }

TEST(commit_participants, one_that_refuses_in_the_middle_of_a_group_refuses_that_append_alone) {
    simulated_disk disk;
    {
        quiet_store at(disk, std::make_shared<unique_payloads>());
        for (int i = 0; i != 64; ++i) at.queue(one(fmt::format("s{}", i), fmt::format("{}", i == 31 ? 10 : i)));
        at.let_through();
        ASSERT_EQ(at.seen->commits, (std::vector<std::pair<std::size_t, std::size_t>>{{63, 63}})) << "one commit";
        std::int64_t next = 1;
        for (int i = 0; i != 64; ++i) {
            const auto& [code, got] = at.outcomes[static_cast<std::size_t>(i)];
            if (i == 31) {
                EXPECT_EQ(code, errc::duplicate_row);
                continue;
            }
            EXPECT_EQ(code, std::error_code());
            EXPECT_EQ((*got)->position.at, offset(next++)) << "dense";
        }
        const auto first = (*at.outcomes.front().got)->recorded;
        EXPECT_EQ((*at.outcomes.back().got)->recorded.micros() - first.micros(), 62) << "its time went to the next";
        EXPECT_GE(at.store.closed(), (*at.outcomes.back().got)->recorded);
        EXPECT_TRUE(is_sound(at.store));
        EXPECT_EQ(at.store.head(stream_id("account", "s31")), std::nullopt);
    }
    const simulated_vfs vfs(disk);
    auto again = open_sqlite("/bank.store", {.vfs = vfs.name()});
    EXPECT_EQ(kept_in("/bank.store", vfs.name()), (kept{63, 63, 63}));
    EXPECT_TRUE(is_sound(again));
}

/// Whose tables cannot be made until it is told that they can.
class hesitant final : public commit_participant {
public:
    std::string_view name() const override { return "hesitant"; }
    void set_up(partition_id, commit_transaction&) override {
        ++asked;
        if (asked == 1) throw error(errc::locked, "somebody looks at it");
        if (asked == 2) throw std::runtime_error("not in the mood");
    }
    std::optional<refusal> prepare(std::span<const event_view>, commit_transaction&) override { return std::nullopt; }
    int asked = 0;
};

TEST(commit_participants, one_that_cannot_set_up_fails_the_append_and_is_asked_again_by_the_next) {
    simulated_disk disk;
    const auto who = std::make_shared<hesitant>();
    quiet_store at(disk, who);
    for (const auto* payload : {"x", "y", "z", "again"}) {
        at.queue(one("a", payload));
        at.let_through();
    }
    EXPECT_EQ(at.outcomes[0].code, errc::locked);
    EXPECT_EQ(at.outcomes[1].code, errc::io_error) << "what is no leftfold::error has no code of its own";
    EXPECT_FALSE(at.outcomes[2].code);
    EXPECT_FALSE(at.outcomes[3].code);
    EXPECT_EQ(who->asked, 3) << "once it was committed, it is not asked again";
    EXPECT_EQ(at.store.head(stream_id("account", "a")), version(2));
}

TEST(commit_participants, one_that_throws_whatever_it_likes_refuses_that_append_alone) {
    simulated_disk disk;
    quiet_store at(disk, std::make_shared<any_participant>([](auto events, auto&) -> std::optional<refusal> {
                       if (events.front().payload == "x") throw std::runtime_error("not in the mood");
                       return std::nullopt;
                   }));
    at.queue(one("a", "x"));
    at.queue(one("b", "y"));
    at.let_through();
    EXPECT_EQ(at.outcomes[0].code, errc::io_error);
    EXPECT_FALSE(at.outcomes[1].code);
    EXPECT_TRUE(is_sound(at.store));
}

TEST(commit_participants, one_name_is_given_once) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    join_commits(store, std::make_shared<unique_payloads>());
    const stream_id ann("account", "ann");
    const stream_id bob("account", "bob");
    std::vector<event_data> named;
    named.emplace_back("account.named", "Ann");
    store.append(ann, expected_version::none(), named).value();
    try {
        store.append(bob, expected_version::none(), named).value();
        FAIL() << "two with one name";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), errc::duplicate_row);
        EXPECT_NE(std::string(refused.what()).find("unique payloads refuses it"), std::string::npos) << refused.what();
    }
    EXPECT_EQ(store.head(bob), std::nullopt);
}

TEST(commit_participants, appends_to_a_refused_ones_stream_are_decided_again) {
    simulated_disk disk;
    quiet_store at(disk, std::make_shared<unique_payloads>());
    at.queue(one("a", "x"));
    at.queue(one("b", "x"));  // refused
    at.queue(one("b", "y"));  // thought that it would be version 2
    at.queue(one("b", "z", expected_version::exactly(version(1))));
    at.queue(one("b", "w", expected_version::none()));  // would have lost to the refused one
    at.queue(one("c", "v"));
    at.let_through();
    EXPECT_EQ(at.outcomes[1].code, errc::duplicate_row);
    EXPECT_EQ((*at.outcomes[2].got)->version(), version(1));
    EXPECT_EQ((*at.outcomes[3].got)->version(), version(2));
    EXPECT_TRUE(at.outcomes[4].got->has_error()) << "a conflict after all";
    EXPECT_EQ((*at.outcomes[5].got)->position.at, offset(2)) << "of another stream: it stays in its group";
    EXPECT_TRUE(is_sound(at.store));
    EXPECT_EQ(at.store.heads().at(partition_id(0)), offset(4));
}

TEST(commit_participants, a_group_that_is_refused_whole_stores_nothing_and_holds_no_time_open) {
    simulated_disk disk;
    quiet_store at(disk, std::make_shared<any_participant>([](auto, auto&) {
                       return std::optional(refusal{errc::missing_row, "not today"});
                   }));
    at.queue(one("a", "x"));
    at.queue(one("b", "y"));
    at.let_through();
    for (const auto& each : at.outcomes) EXPECT_EQ(each.code, errc::missing_row);
    EXPECT_EQ(at.store.heads(), cut(1));
    const auto now = recorded_at::from_micros(at.store.world().clock->wall_us());
    EXPECT_EQ(at.store.cut_at(now, {.wait = std::chrono::milliseconds{0}}), cut(1));
}

TEST(commit_participants, a_refusal_is_told_only_when_what_it_was_founded_on_is_stored) {
    simulated_disk disk;
    quiet_store at(disk, std::make_shared<unique_payloads>());
    at.queue(one("before", "before"));
    at.let_through();
    at.queue(one("a", "x"));
    at.queue(one("b", "x"));  // refused, for the row of one that is not stored in the end
    disk.inject({.calls = calls({disk_call::write}), .nth = 1, .outcome = disk_outcome::no_space});
    at.let_through();
    EXPECT_EQ(at.outcomes[1].code, errc::disk_full);
    EXPECT_EQ(at.outcomes[2].code, std::error_code()) << "asked again, it is the first of its kind";
    EXPECT_EQ(at.store.heads().at(partition_id(0)), offset(2));
    EXPECT_TRUE(is_sound(at.store));
}

TEST(commit_participants, cannot_touch_what_is_the_stores) {
    simulated_disk disk;
    const char* sql = nullptr;
    quiet_store at(disk, std::make_shared<any_participant>([&](auto, commit_transaction& in) {
                       if (sql != nullptr) execute(in, sql);
                       return std::optional<refusal>();
                   }));
    at.queue(one("a", "x"));
    at.let_through();
    for (const auto* forbidden :
         {"DELETE FROM event", "UPDATE event SET payload = 'y'", "INSERT OR REPLACE INTO event SELECT * FROM event",
          "DROP TABLE event", "ALTER TABLE Event RENAME TO lost", "DROP TRIGGER event_is_never_changed",
          "UPDATE fence SET epoch = 0", "DELETE FROM store", "COMMIT", "ROLLBACK", "SAVEPOINT mine", "RELEASE append",
          "ATTACH ':memory:' AS other", "PRAGMA user_version = 7",
          "CREATE TRIGGER mine AFTER INSERT ON event BEGIN SELECT 1; END"}) {
        sql = forbidden;
        at.queue(one("b", "y"));
        at.let_through();
        EXPECT_EQ(at.outcomes.back().code, errc::io_error) << forbidden;
    }
    sql = R"(CREATE TABLE mine(event); INSERT INTO mine SELECT "offset" FROM event; UPDATE mine SET event = 1)";
    at.queue(one("b", "y"));
    at.let_through();
    EXPECT_EQ(at.outcomes.back().code, std::error_code()) << "tables of its own, whatever their columns are called";
    EXPECT_EQ(at.store.heads().at(partition_id(0)), offset(2));
    EXPECT_TRUE(is_sound(at.store));
}

TEST(commit_participants, whichever_call_of_the_disk_fails_rows_and_events_stay_together) {
    int faults = 0;
    for (const auto outcome : {disk_outcome::io_error, disk_outcome::no_space}) {
        for (std::uint64_t nth = 1;; ++nth) {
            simulated_disk disk;
            const simulated_vfs vfs(disk);
            std::optional<quiet_store> at;
            at.emplace(disk, std::make_shared<unique_payloads>());
            disk.inject({.calls = calls({disk_call::write, disk_call::sync}), .nth = nth, .outcome = outcome});
            for (int group = 0; group != 4; ++group) {
                for (int i = 0; i != 3; ++i) at->queue(one(fmt::format("s{}", i), fmt::format("{} {}", group, i % 2)));
                at->let_through();
            }
            const auto fired = disk.fault_fired();
            disk.heal();
            std::int64_t acknowledged = 0;
            for (const auto& each : at->outcomes) acknowledged += each.code == std::error_code();
            at.reset();
            auto store = open_sqlite("/bank.store", {.vfs = vfs.name()});
            EXPECT_TRUE(is_sound(store)) << nth;
            const auto found = kept_in("/bank.store", vfs.name());
            EXPECT_GE(found.events, acknowledged) << nth;
            EXPECT_EQ(found, (kept{found.events, found.events, found.events})) << nth;
            if (!fired) break;
            ++faults;
        }
    }
    fmt::print("commit participants: {} faults, rows and events together after each\n", faults);
    EXPECT_GT(faults, 10);
}

TEST(commit_participants, a_kill_leaves_rows_and_events_together) {
    const temporary_directory place;
    std::int64_t events = 0;
    for (int round = 0; round != 5; ++round) {
        child_process owner([&](int pipe) {
            auto store = open_sqlite(place / "bank.store", {.partitions = 1});
            join_commits(store, std::make_shared<unique_payloads>());
            for (int i = 0;; ++i) {
                store.append(one(fmt::format("s{}", i % 7), fmt::format("{} {}", round, i))).value();
                if (::write(pipe, "a", 1) != 1) return 1;
            }
        });
        char acks[64];
        for (ssize_t heard = 0; heard < 50 + round * 13;) heard += ::read(owner.pipe(), acks, sizeof acks);
        owner.kill();
        auto store = open_sqlite(place / "bank.store");
        EXPECT_TRUE(is_sound(store));
        const auto found = kept_in(place / "bank.store");
        EXPECT_GE(found.events, events + 50);
        EXPECT_EQ(found, (kept{found.events, found.events, found.events}));
        events = found.events;
    }
    fmt::print("commit participants: {} events over 5 kills, a row with each\n", events);
}

TEST(commit_participants, are_refused_where_they_could_not_be_what_they_are) {
    const auto who = std::make_shared<unique_payloads>();
    const auto code_of = [&](event_store& store) {
        try {
            join_commits(store, who);
        } catch (const error& refused) {
            return refused.kind();
        }
        return errc::ok;
    };
    auto memory = open_memory();
    EXPECT_FALSE(memory.capabilities().same_transaction_projections);
    EXPECT_EQ(code_of(memory), errc::unsupported);
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    EXPECT_TRUE(store.capabilities().same_transaction_projections);
    auto reader = open_sqlite(place / "bank.store", {.access = access::read_only});
    EXPECT_EQ(code_of(reader), errc::read_only);
    EXPECT_EQ(code_of(store), errc::ok);
    store.append(one("a", "x")).value();
    EXPECT_EQ(code_of(store), errc::invalid_argument) << "it would have missed a commit";
}

}  // namespace commit_participant_test
}  // namespace leftfold
