// A store whose owner is gone: somebody has to say what is closed, and nobody may while an owner lives.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <memory>

#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "sqlite/store_lock.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace sealing_test {

using namespace test_support;

std::vector<event_data> one() {
    std::vector<event_data> events;
    events.emplace_back("bank.deposited", R"({"cents":5})");
    return events;
}

event_store reader_of(const std::filesystem::path& path) {
    return open_sqlite(path, {.access = access::read_only, .mode = open_mode::open_existing});
}

recorded_at now_of(event_store& store) { return recorded_at::from_micros(store.world().clock->wall_us()); }

/// What an owner says of an append once it is durable.
struct ack {
    std::uint32_t partition;
    std::int64_t offset;
    std::int64_t recorded;
};

/// Appends from several threads until it is killed, and says of each append when it is durable.
int load_for_ever(const std::filesystem::path& path, int pipe) {
    auto store = open_sqlite(path, {.partitions = 4});
    std::vector<std::future<void>> threads;
    for (int t = 0; t != 4; ++t)
        threads.push_back(std::async(std::launch::async, [&, t] {
            for (int i = 0;; ++i) {
                const stream_id stream("account", fmt::format("{}-{}", t, i % 50));
                const auto done = store.append(stream, expected_version::any(), one()).value();
                const ack said{done.position.partition.value(), done.position.at.value(), done.recorded.micros()};
                if (::write(pipe, &said, sizeof said) != sizeof said) return;
            }
        }));
    for (auto& each : threads) each.wait();
    return 0;
}

/// Reads `count` acks, then kills the owner and reads what it had still said.
std::vector<ack> kill_after(child_process& owner, std::size_t count) {
    std::vector<ack> heard;
    ack next{};
    while (::read(owner.pipe(), &next, sizeof next) == sizeof next) {
        heard.push_back(next);
        if (heard.size() == count) owner.kill();
    }
    return heard;
}

cut naive_cut(event_store& store, recorded_at when) {
    cut found(store.partitions());
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        store.read_partition(partition_id(p), {}, {.events = 1'000'000, .scanned = 1'000'000}, {}, payloads::skip,
                             [&](const event_view& event) {
                                 if (event.recorded <= when) found.set(event.partition, event.at);
                                 return true;
                             });
    return found;
}

TEST(sealing, a_time_after_a_killed_owners_last_word_is_answered_and_stays_so) {
    const temporary_directory place;
    std::size_t acks = 0;
    for (std::size_t round = 0; round != 6; ++round) {
        child_process owner([&](int pipe) { return load_for_ever(place / "bank.store", pipe); });
        ack first{};
        ASSERT_EQ(::read(owner.pipe(), &first, sizeof first), static_cast<ssize_t>(sizeof first));
        auto old_reader = reader_of(place / "bank.store");  // keeps the WAL index of the time before the kill
        static_cast<void>(old_reader.heads());
        auto heard = kill_after(owner, 40 + round * 37);
        heard.push_back(first);
        acks += heard.size();

        const auto when = std::max(now_of(old_reader), old_reader.closed());
        auto new_reader = reader_of(place / "bank.store");
        const auto cut_now = new_reader.cut_at(when, {.wait = std::chrono::milliseconds{10}});
        for (const auto& each : heard) {
            if (each.recorded > when.micros()) continue;  // times run ahead of the clock after a crash
            EXPECT_TRUE(cut_now.covers({partition_id(each.partition), offset(each.offset)}));
        }
        EXPECT_EQ(cut_now, naive_cut(new_reader, when));
        EXPECT_EQ(old_reader.cut_at(when), cut_now) << "readers of before and after the kill agree";
        EXPECT_GE(new_reader.closed(), when);

        auto store = open_sqlite(place / "bank.store");
        const auto later = store.append(stream_id("account", "later"), expected_version::any(), one()).value();
        EXPECT_GT(later.recorded, when) << "what is closed stays closed";
        EXPECT_EQ(store.cut_at(when), cut_now);
        EXPECT_EQ(closed_state_of(store).held_by, std::nullopt);
    }
    fmt::print("sealing: 6 owners killed after {} acknowledged appends\n", acks);
}

TEST(sealing, all_that_is_stored_closes_without_naming_a_time) {
    const temporary_directory place;
    {
        child_process owner([&](int pipe) { return load_for_ever(place / "bank.store", pipe); });
        kill_after(owner, 30);
    }
    std::filesystem::remove(place / "bank.store/live");  // as a power cut may do: it is never synced
    auto reader = reader_of(place / "bank.store");
    EXPECT_EQ(reader.closed_cut(), cut(4));
    EXPECT_EQ(seal(reader).status, seal_status::sealed);
    EXPECT_EQ(reader.closed_cut(), reader.heads());
    EXPECT_FALSE(sqlite::store_lock::is_held("", place / "bank.store"));
}

TEST(sealing, a_store_that_was_closed_in_order_answers_for_later_times) {
    const temporary_directory place;
    open_sqlite(place / "bank.store", {.partitions = 2})
        .append(stream_id("account", "ann"), expected_version::any(), one())
        .value();
    auto reader = reader_of(place / "bank.store");
    const auto when = now_of(reader);
    ASSERT_LT(reader.closed(), when);
    EXPECT_EQ(reader.cut_at(when, {.wait = std::chrono::milliseconds{0}}), reader.heads());
    auto store = open_sqlite(place / "bank.store");
    EXPECT_GT(store.append(stream_id("account", "ann"), expected_version::any(), one())->recorded, when);
    EXPECT_EQ(store.cut_at(when).at(store.partition_of(stream_id("account", "ann"))), offset(1));
}

TEST(sealing, one_who_may_not_write_refuses_and_says_so) {
    const temporary_directory place;
    {
        child_process owner([&](int pipe) { return load_for_ever(place / "bank.store", pipe); });
        kill_after(owner, 20);
    }
    open_sqlite(place / "bank.store").close();  // no WAL waits: readable from a directory that nobody may write to
    const auto closed = reader_of(place / "bank.store").closed();
    using std::filesystem::perms;
    std::filesystem::permissions(place.path(), perms::owner_all | perms::others_read | perms::others_exec);
    std::filesystem::permissions(place / "bank.store",
                                 perms::owner_read | perms::owner_exec | perms::others_read | perms::others_exec);
    child_process stranger([&](int) {
        if (::geteuid() == 0 && (::setgid(65'534) != 0 || ::setuid(65'534) != 0)) return 100;
        const auto clock =
            std::make_shared<testing::manual_clock>(instant{std::chrono::microseconds{closed.micros() + 5'000'000}});
        auto reader =
            open_sqlite(place / "bank.store", {.access = access::read_only, .store = {.world = {.clock = clock}}});
        const auto when = recorded_at::from_micros(closed.micros() + 1'000'000);
        const std::chrono::milliseconds wait{1};
        try {
            static_cast<void>(reader.cut_at(when, {.wait = wait}));
            return 1;
        } catch (const error& refused) {
            const std::string text = refused.what();
            if (refused.kind() != errc::not_closed) return 2;
            if (text.find(to_rfc3339(closed.time())) == std::string::npos) return 3;
            if (text.find("may not write") == std::string::npos) return 4;
        }
        if (seal(reader).status != seal_status::forbidden) return 5;
        return 0;
    });
    EXPECT_EQ(stranger.wait(), 0);
    std::filesystem::permissions(place / "bank.store", perms::owner_all);
    EXPECT_EQ(reader_of(place / "bank.store").closed(), closed);
}

TEST(sealing, a_live_owner_is_never_sealed_however_long_it_is_silent) {
    const temporary_directory place;
    child_process owner([&](int) {
        auto store = open_sqlite(place / "bank.store", {.partitions = 1});
        ::raise(SIGSTOP);
        store.append(stream_id("account", "ann"), expected_version::any(), one()).value();
        return 0;
    });
    owner.wait_until_stopped();
    auto reader = reader_of(place / "bank.store");
    const auto closed = reader.closed();
    const auto when = now_of(reader);
    try {
        static_cast<void>(reader.cut_at(when, {.wait = std::chrono::milliseconds{50}}));
        FAIL() << "a stopped owner was passed over";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), errc::not_closed);
        EXPECT_NE(std::string(refused.what()).find("owned by process"), std::string::npos) << refused.what();
    }
    EXPECT_EQ(seal(reader).status, seal_status::owned);
    EXPECT_EQ(reader.closed(), closed);
    owner.go_on();
    EXPECT_EQ(owner.wait(), 0) << "its claim still holds";
    EXPECT_EQ(reader.heads().at(partition_id(0)), offset(1));
}

TEST(sealing, many_that_seal_at_once_agree) {
    const temporary_directory place;
    {
        child_process owner([&](int pipe) { return load_for_ever(place / "bank.store", pipe); });
        kill_after(owner, 50);
    }
    std::vector<std::unique_ptr<child_process>> racers;
    const auto when = now_of(*std::make_unique<event_store>(reader_of(place / "bank.store")));
    for (int i = 0; i != 6; ++i)
        racers.push_back(std::make_unique<child_process>([&](int pipe) {
            auto reader = reader_of(place / "bank.store");
            const auto found = reader.cut_at(when, {.wait = std::chrono::milliseconds{0}});
            const auto text = to_string(found) + "\n";
            return ::write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
        }));
    const auto expected =
        to_string(naive_cut(*std::make_unique<event_store>(reader_of(place / "bank.store")), when)) + "\n";
    for (auto& each : racers) {
        std::string answer(expected.size() + 1, '\0');
        const auto bytes = ::read(each->pipe(), answer.data(), answer.size());
        answer.resize(bytes < 0 ? 0 : static_cast<std::size_t>(bytes));
        EXPECT_EQ(answer, expected);
        EXPECT_EQ(each->wait(), 0);
    }
}

TEST(sealing, an_owner_that_opens_meanwhile_waits_for_the_sealer) {
    const temporary_directory place;
    open_sqlite(place / "bank.store", {.partitions = 1}).close();
    auto sealing = std::make_unique<sqlite::store_lock>("", place / "bank.store", sqlite::store_lock::purpose::sealing);
    auto opened = std::async(std::launch::async, [&] { return open_sqlite(place / "bank.store"); });
    EXPECT_EQ(opened.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
    sealing.reset();
    EXPECT_NO_THROW(opened.get());
}

}  // namespace sealing_test
}  // namespace leftfold
