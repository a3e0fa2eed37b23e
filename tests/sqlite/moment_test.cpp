// A moment of a store on disk: the same answer in another process, next year, and never from another past.

#include "leftfold/storage/moment.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "framework/expect_error.hpp"
#include "leftfold/storage/backup.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace moment_test {

using namespace std::chrono_literals;

class moment_on_disk : public ::testing::Test {
protected:
    event_store open(const std::string& name = "bank.store") const {
        return open_sqlite(place_ / name, {.partitions = 4, .store = {.world = {.clock = clock_}}});
    }
    static void append(event_store& store, int number) {
        std::vector<event_data> events;
        events.emplace_back("bank.deposited", R"({"cents":)" + std::to_string(number) + "}");
        store.append(stream_id("account", std::to_string(number % 7)), expected_version::any(), std::move(events))
            .value();
    }
    /// Everything that the events up to a moment say, as one name: ids, times and bytes, in the store's own order.
    static std::string told(event_store& store, const moment& then) {
        std::string all;
        store.read_all(cut{}, then.cut(), {}, payloads::read, [&](const event_view& event) {
            all += to_string(event.id) + std::to_string(event.recorded.micros()) + std::string(event.payload) + "\n";
            return true;
        });
        return to_string(derive_event_id(all));
    }
    std::string line() const {
        std::string text;
        std::ifstream in(place_ / "moment");
        std::getline(in, text);
        return text;
    }
    void write_down(const moment& then) const { std::ofstream(place_ / "moment") << to_string(then) << '\n'; }

    test_support::temporary_directory place_;
    std::shared_ptr<testing::manual_clock> clock_ = std::make_shared<testing::manual_clock>();
};

TEST_F(moment_on_disk, is_answered_alike_in_another_process_while_appends_go_on_and_the_clock_is_stepped) {
    open();
    test_support::child_process other([&](int pipe) {
        ::raise(SIGSTOP);  // until it is written down
        auto store = open_sqlite(place_ / "bank.store", {.access = access::read_only});
        for (int i = 0; i != 20; ++i) {
            const auto answer = told(store, moment_of(store, line())) + "\n";
            if (::write(pipe, answer.data(), answer.size()) != static_cast<ssize_t>(answer.size())) return 1;
        }
        return 0;
    });
    auto store = open();
    for (int i = 0; i != 100; ++i) append(store, i);
    clock_->advance(1min);
    const auto then = store.at(recorded_at{clock_->now()});
    const auto answer = told(store, then);
    write_down(then);

    std::atomic<bool> ends{false};
    std::thread busy([&] {
        for (int i = 100; !ends; ++i) {
            append(store, i);
            clock_->advance(1ms);
            if (i % 10 == 0) clock_->set_wall(clock_->now() - 2min);
            if (i % 10 == 5) clock_->set_wall(clock_->now() + 2min);
        }
    });
    other.wait_until_stopped();
    other.go_on();
    std::string answers;
    std::array<char, 256> page{};
    for (ssize_t got = 0; (got = ::read(other.pipe(), page.data(), page.size())) > 0;)
        answers.append(page.data(), static_cast<std::size_t>(got));
    for (int i = 0; i != 20; ++i) {
        EXPECT_EQ(store.at(then.time()), then);
        EXPECT_EQ(told(store, then), answer);
    }
    ends = true;
    busy.join();
    EXPECT_EQ(other.wait(), 0);
    std::string twenty_times;
    for (int i = 0; i != 20; ++i) twenty_times += answer + "\n";
    EXPECT_EQ(answers, twenty_times);
}

TEST_F(moment_on_disk, has_the_same_answer_next_year) {
    std::string answer;
    {
        auto store = open();
        for (int i = 0; i != 20; ++i) append(store, i);
        const auto then = store.at(store.closed());
        answer = told(store, then);
        write_down(then);
    }
    clock_->advance(365 * 24h);
    auto store = open();
    append(store, 20);
    EXPECT_EQ(told(store, moment_of(store, line())), answer);
    store.close();
    auto beside = open_sqlite(place_ / "bank.store", {.access = access::read_only});
    EXPECT_EQ(told(beside, moment_of(beside, line())), answer);
}

TEST_F(moment_on_disk, is_none_of_a_store_that_was_restored_and_none_of_a_copy_that_lacks_its_events) {
    const auto directory = [&](const char* name) { return place_ / name; };
    const auto early = [&] {
        auto store = open();
        append(store, 1);
        backup(store, directory("backup"));
        return store.at(store.closed());
    }();
    restore(directory("backup"), directory("restored"));
    std::filesystem::copy(directory("bank.store"), directory("copy"), std::filesystem::copy_options::recursive);
    auto again = open();
    append(again, 2);
    const auto late = again.at(again.closed());

    auto restored = open("restored");
    expect_error(errc::other_history, "it is of epoch 1, and the store was restored since: it is at 2",
                 [&] { restored.check(early); });
    auto copy = open("copy");
    EXPECT_NO_THROW(copy.check(early)) << "which both have";
    clock_->advance(1h);
    expect_error(errc::other_history, "here the cut of that time is", [&] { copy.check(late); });
    auto other = open("other");
    expect_error(errc::other_history, "it is one of another store", [&] { other.check(early); });
}

}  // namespace moment_test
}  // namespace leftfold
