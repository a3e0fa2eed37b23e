#include "leftfold/projections/reactor.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "leftfold/storage/sqlite_store.hpp"
#include "projections/read_models.hpp"

namespace reactor_test {

using leftfold::errc;

/// Writes a line into a file for each deposit: an effect that stays when the program dies.
class letters : public leftfold::reactor<letters, bank::deposited> {
public:
    static constexpr auto reactor_name = "letters";
    explicit letters(std::filesystem::path to) : to_(std::move(to)) {}
    void on(const bank::deposited& e, const leftfold::effect& at) {
        if (e.cents == 13) throw std::runtime_error("not thirteen");
        std::ofstream out(to_, std::ios::app);
        out << at.key() << ' ' << at.at().key() << ' ' << e.cents << std::endl;
    }

private:
    std::filesystem::path to_;
};

class reactor : public read_models::fixture {
protected:
    std::filesystem::path effects() const { return directory_ / "letters.txt"; }
    std::filesystem::path state() const { return directory_ / "letters.reactor"; }

    std::vector<std::string> had() const {
        std::ifstream in(effects());
        std::vector<std::string> lines;
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        return lines;
    }
    std::set<std::string> keys() const {
        std::set<std::string> found;
        for (const auto& line : had()) found.insert(line.substr(0, line.find(' ')));
        return found;
    }
    /// Runs the reactor as a program does that starts, works and ends.
    void run(leftfold::event_store& store, leftfold::reactor_options options = {}) {
        leftfold::projection_engine engine{store};
        options.file = state();
        engine.add_reactor<letters>(options, effects());
        engine.catch_up();
    }
};

TEST_F(reactor, has_the_effect_of_each_event_and_none_of_what_came_before_it_was_there) {
    auto store = make_store();
    bank::append(store, "alice", bank::deposited{1});
    run(store);
    EXPECT_EQ(had().size(), 0U);
    bank::append(store, "alice", bank::deposited{2});
    bank::append(store, "alice", bank::withdrawn{1});
    bank::append(store, "bob", bank::deposited{3});
    run(store);
    ASSERT_EQ(had().size(), 2U);
    EXPECT_NE(had()[0].find(" alice 2"), std::string::npos);
    EXPECT_EQ(keys().size(), 2U);
    EXPECT_EQ(had()[0].substr(0, 8), "letters:");
    run(store);
    EXPECT_EQ(had().size(), 2U) << "not again when the program starts again";
}

TEST_F(reactor, has_all_effects_from_where_it_is_told) {
    auto store = make_store();
    bank::append(store, "alice", bank::deposited{1});
    run(store, {.start = leftfold::start_at::earliest()});
    EXPECT_EQ(had().size(), 1U);
    run(store, {.start = leftfold::start_at::earliest()});
    EXPECT_EQ(had().size(), 1U) << "a start is that of a new one";
}

TEST_F(reactor, runs_on_a_thread_of_its_own) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    engine.add_reactor<letters>({.file = state()}, effects());
    engine.start();
    const auto done = bank::append(store, "alice", bank::deposited{1});
    engine.wait_for<letters>(done.position);
    EXPECT_EQ(had().size(), 1U);
    EXPECT_EQ(engine.status<letters>().name, "letters");
}

TEST_F(reactor, gives_an_effect_the_same_key_when_it_is_had_again) {
    auto store = make_store();
    run(store);
    bank::append(store, "alice", bank::deposited{1});
    bank::append(store, "alice", bank::deposited{2});
    struct kill {};
    for (const auto* when : {"an effect is had", "a checkpoint is due"}) {
        leftfold::projection_engine engine{store, {.failpoint = [&](std::string_view step) {
                                               if (step == when) throw kill{};
                                           }}};
        engine.add_reactor<letters>({.file = state()}, effects());
        EXPECT_THROW(engine.catch_up(), kill);
    }
    run(store);
    EXPECT_EQ(had().size(), 4U) << "the first one three times";
    EXPECT_EQ(keys().size(), 2U);
    EXPECT_EQ(had()[0], had()[2]);
}

TEST_F(reactor, stops_at_an_event_whose_effect_fails_and_has_no_later_one) {
    auto store = make_store();
    run(store);
    bank::append(store, "alice", bank::deposited{1});
    bank::append(store, "alice", bank::deposited{13});
    bank::append(store, "alice", bank::deposited{2});
    std::string text;
    EXPECT_EQ(read_models::code_of([&] { run(store); }, &text), errc::projection_stopped);
    EXPECT_NE(text.find("not thirteen"), std::string::npos) << text;
    EXPECT_EQ(had().size(), 1U);
}

TEST_F(reactor, goes_on_in_no_history_but_its_own) {
    auto store = make_store();
    run(store);
    bank::append(store, "alice", bank::deposited{1});
    run(store);
    auto other = make_store();
    bank::append(other, "alice", bank::deposited{1});
    EXPECT_EQ(read_models::code_of([&] { run(other); }), errc::stale_model);
    EXPECT_EQ(had().size(), 1U);
}

TEST_F(reactor, shares_its_file_with_nobody_and_needs_one) {
    auto store = make_store();
    leftfold::projection_engine engine{store};
    EXPECT_EQ(read_models::code_of([&] { engine.add_reactor<letters>({}, effects()); }), errc::invalid_argument);
    engine.add_reactor<letters>({.file = state()}, effects());
    leftfold::projection_engine second{store};
    EXPECT_EQ(read_models::code_of([&] { second.add_reactor<letters>({.file = state()}, effects()); }), errc::locked);
}

// A real process that dies

/// Has effects until it is killed, and says so into a pipe after each.
[[noreturn]] void have_effects(const std::filesystem::path& where, const std::filesystem::path& state,
                               const std::filesystem::path& effects, int pipe) {
    auto store = leftfold::open_sqlite(where, {.access = leftfold::access::read_only});
    leftfold::projection_engine engine{store, {.failpoint = [pipe](std::string_view step) {
                                           if (step == "an effect is had")
                                               static_cast<void>(::write(pipe, "!", 1) == 1);
                                       }}};
    engine.add_reactor<letters>({.file = state, .start = leftfold::start_at::earliest()}, effects);
    engine.start();
    while (true) ::pause();
}

TEST_F(reactor, loses_no_effect_however_often_its_process_is_killed) {
    constexpr int events = 300;
    const auto where = directory_ / "bank.store";
    {
        auto store = leftfold::open_sqlite(where, {.partitions = 2});
        for (int i = 0; i != events; ++i)
            bank::append(store, "account" + std::to_string(i % 7), bank::deposited{100 + i});
    }
    int kills = 0;
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    for (; keys().size() < events; ++kills) {
        ASSERT_LT(kills, 1'000) << "it does not come on";
        const auto child = ::fork();
        if (child == 0) have_effects(where, state(), effects(), pipe[1]);
        // Killed as soon as it says that it has had so many effects: in the middle of its work.
        char word = 0;
        for (int said = 0; said != 10 && keys().size() < events; ++said) ASSERT_EQ(::read(pipe[0], &word, 1), 1);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    ::close(pipe[0]);
    ::close(pipe[1]);
    EXPECT_GE(kills, 5);
    EXPECT_EQ(keys().size(), events) << "each at least once, and each under a key of its own";
    EXPECT_LE(had().size(), static_cast<std::size_t>(events + kills)) << "at most the last one again for each kill";
    std::set<std::string> lines;
    for (const auto& line : had()) lines.insert(line);
    EXPECT_EQ(lines.size(), events) << "and under one key always the same effect";
}

}  // namespace reactor_test
