// Batches that are decoded by other threads while one before them is folded, in both orders: the rows, and what is told
// of an event that cannot be decoded, are those of a fold by one thread.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "projections/idle_threads.hpp"
#include "projections/read_models.hpp"
#include "projections/trails.hpp"

namespace decode_ahead_test {

using leftfold::errc;
using read_models::code_of;
using read_models::rows_of_text;
using read_models::shell;
using trails::by_log;
using trails::in_lanes;

constexpr std::size_t batch = 10;
constexpr std::size_t ahead = 2;

/// The name under which notes are stored here, so that decoding runs code of the test: a translation.
constexpr auto stored_name = "trails.noted_long_ago";

class decode_ahead : public read_models::fixture {
protected:
    leftfold::event_store make_store(std::uint32_t partitions = 1) const {
        return leftfold::open_memory({.partitions = partitions, .store = store_options_});
    }
    static void append(leftfold::event_store& store, int number, const char* payload = nullptr) {
        leftfold::event_data data;
        data.type = stored_name;
        if (payload != nullptr)
            data.payload = payload;
        else
            leftfold::encode(trails::noted{number, ""}, data.payload);
        const auto key = "s" + std::to_string(number % 7);
        store.append({"trail", key}, leftfold::expected_version::any(), {data}).value();
    }
    static void fill(leftfold::event_store& store, int events) {
        for (int i = 0; i != events; ++i) append(store, i);
    }
    leftfold::projection_options options(const char* name, std::size_t batches_ahead = ahead) const {
        leftfold::projection_options made{
            .database = directory_ / name, .batch = {.events = batch, .ahead = batches_ahead}, .retries = {.count = 0}};
        made.events.upcast(stored_name, [](const leftfold::raw_event& stored) {
            if (in_decoding) in_decoding(stored);
            return std::vector{leftfold::raw_event{trails::noted::event_type, stored.payload}};
        });
        return made;
    }
    static rows_of_text dump(const std::filesystem::path& of) {
        auto all = shell(of, "SELECT * FROM trails ORDER BY of");
        for (auto& row : shell(of, "SELECT * FROM trails_versions ORDER BY of, valid_to"))
            all.push_back(std::move(row));
        return all;
    }
    void TearDown() override {
        in_decoding = nullptr;
        trails::in_event = nullptr;
    }

    static inline void (*in_decoding)(const leftfold::raw_event& stored) = nullptr;
};

/// The first event waits until one of the third batch is being decoded, and that one until the first is being folded.
struct meeting {
    static inline std::mutex mutex;
    static inline std::condition_variable changed;
    static inline bool folds = false;
    static inline bool decodes_third = false;
    static inline bool missed = false;

    static void begin() { folds = decodes_third = missed = false; }
    static void decode(const leftfold::raw_event& stored) {
        // Whoever folds may decode the first batch itself, and is not to wait for itself.
        const auto number = leftfold::decode<trails::noted>(stored.payload).number;
        if (number < static_cast<std::int64_t>(ahead * batch)) return;
        std::unique_lock lock(mutex);
        decodes_third = true;
        wait_for(lock, folds);
    }
    static void fold() {
        std::unique_lock lock(mutex);
        folds = true;
        wait_for(lock, decodes_third);
    }

private:
    static void wait_for(std::unique_lock<std::mutex>& lock, const bool& other) {
        changed.notify_all();
        if (!changed.wait_for(lock, std::chrono::seconds{20}, [&] { return other || missed; })) missed = true;
    }
};

template <class Projection>
class decode_ahead_in : public decode_ahead {};
using both_orders = testing::Types<by_log, in_lanes>;
TYPED_TEST_SUITE(decode_ahead_in, both_orders);

TYPED_TEST(decode_ahead_in, a_batch_is_decoded_while_one_before_it_is_folded) {
    auto store = this->make_store();
    this->fill(store, 4 * batch);
    meeting::begin();
    this->in_decoding = &meeting::decode;
    trails::in_event = &meeting::fold;
    leftfold::projection_engine engine{store};
    engine.add<TypeParam>(this->options("views.db"));
    engine.catch_up();
    EXPECT_FALSE(meeting::missed);
}

/// How many events are decoded and not yet folded.
struct waiting {
    static inline std::mutex mutex;
    static inline std::size_t now = 0;
    static inline std::size_t most = 0;

    static void begin() { now = most = 0; }
    static void decode(const leftfold::raw_event&) {
        const std::lock_guard lock(mutex);
        most = std::max(most, ++now);
    }
    static void fold() {
        const std::lock_guard lock(mutex);
        --now;
    }
};

TYPED_TEST(decode_ahead_in, no_more_is_decoded_than_the_batches_that_may_wait) {
    auto store = this->make_store();
    this->fill(store, 20 * batch);
    waiting::begin();
    this->in_decoding = &waiting::decode;
    trails::in_event = &waiting::fold;
    leftfold::projection_engine engine{store};
    engine.add<TypeParam>(this->options("views.db"));
    engine.catch_up();
    EXPECT_EQ(waiting::now, 0U);
    EXPECT_GE(waiting::most, batch);
    EXPECT_LE(waiting::most, (ahead + 1) * batch);
}

TYPED_TEST(decode_ahead_in, rows_and_history_are_those_of_one_thread_whatever_is_decoded_ahead) {
    auto store = this->make_store(4);
    this->fill(store, 1'500);
    const auto fold = [&](const char* name, std::size_t batches_ahead, std::size_t flush) {
        auto options = this->options(name, batches_ahead);
        options.flush.events = flush;
        leftfold::projection_engine engine{store};
        engine.add<TypeParam>(options);
        engine.catch_up();
        return this->dump(options.database);
    };
    const auto expected = fold("alone.db", 0, 250'000);
    EXPECT_EQ(fold("ahead.db", 2, 250'000) == expected, true);
    EXPECT_EQ(fold("flushed.db", 2, 33) == expected, true);
    EXPECT_EQ(fold("far_ahead.db", 50, 250'000) == expected, true);
}

TYPED_TEST(decode_ahead_in, an_event_that_cannot_be_decoded_fails_when_its_turn_comes) {
    constexpr int bad = 3 * static_cast<int>(batch) + 4;
    auto store = this->make_store();
    this->fill(store, bad);
    this->append(store, bad, "{}");
    this->append(store, bad + 1, "[");  // which is decoded ahead as well, and not told
    this->fill(store, 3 * batch);
    std::string alone;
    for (const std::size_t batches_ahead : {0U, 2U}) {
        leftfold::projection_engine engine{store};
        engine.add<TypeParam>(this->options(batches_ahead == 0 ? "alone.db" : "ahead.db", batches_ahead));
        EXPECT_EQ(code_of([&] { engine.catch_up(); }), errc::projection_stopped);
        const auto status = engine.template status<TypeParam>();
        EXPECT_EQ(status.reached.at(leftfold::partition_id(0)), leftfold::offset(bad));
        EXPECT_NE(status.failure.find("event 0:" + std::to_string(bad + 1)), std::string::npos) << status.failure;
        if (batches_ahead == 0) alone = status.failure;
        EXPECT_EQ(status.failure, alone);
    }
    EXPECT_EQ(this->dump(this->directory_ / "ahead.db") == this->dump(this->directory_ / "alone.db"), true);
}

TYPED_TEST(decode_ahead_in, whoever_folds_decodes_when_nobody_else_comes) {
    this->store_options_.world.executors = std::make_shared<idle_threads>();
    auto store = this->make_store();
    this->fill(store, 6 * batch);
    leftfold::projection_engine engine{store};
    auto& read = engine.add<TypeParam>(this->options("views.db"));
    engine.catch_up();
    EXPECT_EQ(read.rows.find("s0")->events, 9);
}

}  // namespace decode_ahead_test
