// Orders from the command line, to an engine that runs in another process, and to one that does not run.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "leftfold/projections/kept_orders.hpp"
#include "leftfold/projections/reactor.hpp"
#include "leftfold/projections/start_text.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/tools/domain.hpp"
#include "projections/bank.hpp"
#include "projections/rides.hpp"
#include "support/child_process.hpp"
#include "tools/command_line.hpp"
#include "tools/program.hpp"

namespace leftfold {
namespace orders_test {

using test_support::answer;
using test_support::child_process;
using test_support::run;

/// Sets the account aside that is given 13 cents, until somebody has made the file.
class accounts : public projection<accounts, bank::opened, bank::deposited> {
public:
    static constexpr auto projection_name = "accounts";
    static constexpr auto on_failure = failure_policy::park_key;
    table<bank::balance, &bank::balance::account> rows{*this, "accounts", {.history = true}};
    void on(const bank::opened&, const recorded& at) { rows.put({at.key(), 0}); }
    void on(const bank::deposited& e, const recorded& at) {
        if (e.cents == 13 && !std::filesystem::exists(fixed)) throw std::runtime_error("not thirteen");
        rows.at(at.key()).cents += e.cents;
    }
    static inline std::filesystem::path fixed;
};

/// Counts deposits in its file's own way: it only comes on.
class receipts : public reactor<receipts, bank::deposited> {
public:
    static constexpr auto reactor_name = "receipts";
    void on(const bank::deposited& e, const effect&) {
        if (e.cents == 14) throw std::runtime_error("not fourteen");
    }
};

class command_line_orders : public test_support::command_line {
protected:
    command_line_orders() { accounts::fixed = at("fixed"); }

    /// Appends what the tests count on: Alice has 1 cent, and Bob's account gets 13 and then 2.
    position fill_bank(event_store& store) const {
        for (const auto* name : {"alice", "bob"}) bank::append(store, name, bank::opened{name});
        bank::append(store, "bob", bank::deposited{13});
        bank::append(store, "bob", bank::deposited{2});
        return bank::append(store, "alice", bank::deposited{1}).position;
    }
    projection_options views() const { return {.database = at("views.db"), .retries = {.count = 0}}; }

    enum class rows { as_they_are, folded_anew };

    /// A program that keeps the accounts until it is killed.
    int keep_accounts(int pipe, rows which = rows::as_they_are) const {
        auto store = open_sqlite(at("bank"), {.partitions = 2});
        const auto last = fill_bank(store);
        projection_engine engine{store};
        engine.add<accounts>(views());
        engine.start();
        engine.wait_for(last);
        if (which == rows::folded_anew && !engine.rebuild<accounts>().swapped) return 1;
        return ::write(pipe, "r", 1) == 1 ? ::pause() : 1;
    }
    /// A program that finds drivers and writes receipts until it is killed.
    int find_drivers(int pipe) const {
        auto store = open_sqlite(at("rides"), {.partitions = 2});
        repository<rides::ride> all{store};
        repository<rides::driver> drivers{store};
        projection_engine engine{store};
        engine.add_process<rides::dispatch>({}, all, drivers);
        engine.add_reactor<receipts>({.file = at("receipts"), .retries = {.count = 0}});
        engine.start();
        engine.wait_for<rides::dispatch>(all.execute("r1", [](rides::ride& r) { r.request("anna"); }).position);
        engine.wait_for<receipts>(bank::append(store, "alice", bank::deposited{1}).position);
        return ::write(pipe, "r", 1) == 1 ? ::pause() : 1;
    }
    /// Leaves what such a program does that has ended.
    void leave_drivers() const {
        auto store = open_sqlite(at("rides"), {.partitions = 2});
        projection_engine engine{store};
        engine.add_process<rides::dispatch>({}, repository<rides::ride>{store}, repository<rides::driver>{store});
        engine.add_reactor<receipts>({.file = at("receipts")});
        engine.catch_up();
    }
    static void await(const child_process& engine) {
        char ready = 0;
        ASSERT_EQ(::read(engine.pipe(), &ready, 1), 1);
    }
    /// Leaves store and read models as a program does that has ended.
    void leave_accounts() const {
        auto store = open_sqlite(at("bank"), {.partitions = 2});
        fill_bank(store);
        projection_engine engine{store};
        engine.add<accounts>(views());
        engine.catch_up();
    }

    boost::json::object told(const std::vector<std::string>& words) const {
        auto asked = words;
        asked.emplace_back("--json");
        const auto said = run(asked);
        EXPECT_EQ(said.status, tools::success) << said.err;
        return boost::json::parse(said.out).as_object();
    }
    /// Runs the program of an application that knows the accounts.
    answer ask_application(const std::vector<std::string>& words) const {
        tools::domain known;
        known.projection<accounts>();
        std::vector<const char*> argv{"bank"};
        for (const auto& word : words) argv.push_back(word.c_str());
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream err;
        const auto status = tools::run(static_cast<int>(argv.size()), argv.data(), known, in, out, err);
        return {status, out.str(), err.str()};
    }

    const std::string db_ = at("views.db");
};

TEST_F(command_line_orders, go_to_the_engine_that_runs_in_another_process) {
    const child_process engine([&](int pipe) { return keep_accounts(pipe); });
    await(engine);
    struct stat socket {};
    ASSERT_EQ(::stat(at("views.db.control").c_str(), &socket), 0);
    EXPECT_EQ(socket.st_mode & 0777U, 0600U) << "nobody else may speak";

    const auto live = run({"projections", db_});
    EXPECT_NE(live.out.find(", 0 event(s) and 0.000 s behind, live, "), std::string::npos) << live.out << live.err;
    EXPECT_NE(live.out.find("1 stream(s) parked"), std::string::npos) << live.out;

    test_support::program pause({"pause", db_, "accounts", "--by", "Olga"});
    const auto said = pause.line();
    EXPECT_EQ(pause.wait().status, tools::success);
    EXPECT_EQ(said.rfind("accounts is paused, ", 0), 0U) << said;
    EXPECT_NE(said.find("told by Olga at "), std::string::npos) << said;
    EXPECT_EQ(told({"projections", db_}).at("state").as_string(), "paused");
    EXPECT_EQ(told({"drain", db_, "accounts"}).at("state").as_string(), "paused");
    EXPECT_EQ(told({"resume", db_, "accounts"}).at("state").as_string(), "live");
    EXPECT_EQ(told({"stop", db_, "accounts"}).at("state").as_string(), "stopped");
    const auto sought = told({"seek", db_, "accounts", "latest"});
    EXPECT_EQ(sought.at("generation").as_int64(), 2);
    EXPECT_EQ(sought.at("state").as_string(), "stopped");

    EXPECT_EQ(run({"seek", db_, "accounts", "0:99"}).status, tools::not_there);
    EXPECT_EQ(run({"seek", db_, "accounts", "0:99", "--or-nearest"}).status, tools::success);
    EXPECT_EQ(run({"seek", db_, "accounts", "9999-01-01"}).status, tools::too_early);
    EXPECT_EQ(run({"seek", db_, "accounts", "somewhere"}).status, tools::usage);
    EXPECT_EQ(run({"pause", db_, "unheard_of"}).status, tools::not_there);
    EXPECT_EQ(run({"pause", at("none.db"), "accounts"}).status, tools::not_there);
    EXPECT_EQ(run({"pause", db_}).status, tools::usage);
}

TEST_F(command_line_orders, to_go_back_to_kept_rows_go_to_the_engine_that_runs) {
    {
        const child_process engine([&](int pipe) { return keep_accounts(pipe); });
        await(engine);
        const auto none = run({"rollback", db_, "accounts"});
        EXPECT_EQ(none.status, tools::not_there);
        EXPECT_NE(none.err.find("no rows are kept"), std::string::npos) << none.err;
    }
    {
        const child_process engine([&](int pipe) { return keep_accounts(pipe, rows::folded_anew); });
        await(engine);
        EXPECT_EQ(told({"projections", db_}).at("generation").as_int64(), 2);
        const auto back = run({"rollback", db_, "accounts"});
        EXPECT_EQ(back.out, "projection accounts: generation 1 is live, and 2 is kept\n") << back.err;
        EXPECT_EQ(told({"projections", db_}).at("generation").as_int64(), 1) << "as its engine says";
        EXPECT_EQ(run({"rollback", db_, "accounts", "--json"}).out, R"({"projection":"accounts","live":2,"kept":1})"
                                                                    "\n");
        EXPECT_EQ(told({"projections", db_}).at("state").as_string(), "live");
        EXPECT_EQ(run({"rollback", db_, "unheard_of"}).status, tools::not_there);
    }
    EXPECT_EQ(run({"rollback", db_, "accounts"}).out, "projection accounts: generation 1 is live, and 2 is kept\n")
        << "without an engine too";
}

TEST_F(command_line_orders, go_to_the_process_and_the_reactor_that_run_in_another_program) {
    const child_process engine([&](int pipe) { return find_drivers(pipe); });
    await(engine);
    for (const auto& [place, name] : {std::pair{at("rides"), "dispatch"}, std::pair{at("receipts"), "receipts"}}) {
        const auto paused = told({"pause", place, name, "--by", "Olga"});
        EXPECT_EQ(paused.at("state").as_string(), "paused");
        EXPECT_EQ(paused.at("told_by").as_string(), "Olga");
        EXPECT_FALSE(told({"resume", place, name}).contains("told_by"));
        EXPECT_EQ(told({"drain", place, name}).at("state").as_string(), "paused");
        EXPECT_FALSE(told({"resume", place, name}).contains("told_by"));
        EXPECT_EQ(told({"stop", place, name}).at("state").as_string(), "stopped");
        EXPECT_EQ(run({"seek", place, name, "earliest"}).status, tools::cannot_here);
        EXPECT_EQ(run({"pause", place, "unheard_of"}).status, tools::not_there);
    }
    EXPECT_EQ(told({"processes", at("rides")}).at("state").as_string(), "stopped");
    EXPECT_EQ(told({"processes", at("rides")}).at("kind").as_string(), "process");
    EXPECT_NE(run({"processes", at("rides")}).out.find(" deadline(s) wait, stopped, "), std::string::npos);
    const auto reactor = run({"projections", at("receipts"), "--store", at("rides")});
    EXPECT_EQ(reactor.out.rfind("receipts at ", 0), 0U) << reactor.out << reactor.err;
    EXPECT_NE(reactor.out.find(", stopped, "), std::string::npos) << reactor.out;
}

TEST_F(command_line_orders, for_a_process_and_a_reactor_are_kept_too) {
    leave_drivers();
    for (const auto& [place, name] : {std::pair{at("rides"), "dispatch"}, std::pair{at("receipts"), "receipts"}}) {
        EXPECT_EQ(told({"pause", place, name, "--by", "Olga"}).at("kept").as_string(), "pause");
        for (const auto* verb : {"stop", "drain"}) EXPECT_EQ(run({verb, place, name}).status, tools::not_there);
        EXPECT_EQ(run({"seek", place, name, "earliest"}).status, tools::cannot_here);
        EXPECT_EQ(run({"pause", place, "unheard_of"}).status, tools::not_there);
    }
    EXPECT_NE(run({"processes", at("rides")}).out.find(", paused by Olga at 20"), std::string::npos);
    EXPECT_NE(run({"projections", at("receipts")}).out.find(", paused by Olga at 20"), std::string::npos);
    {
        auto store = open_sqlite(at("rides"));
        projection_engine engine{store};
        engine.add_process<rides::dispatch>({}, repository<rides::ride>{store}, repository<rides::driver>{store});
        engine.add_reactor<receipts>({.file = at("receipts")});
        for (const auto& each : engine.status()) {
            EXPECT_EQ(each.state, projection_state::paused);
            EXPECT_EQ(each.told_by, "Olga");
        }
        EXPECT_EQ(run({"resume", at("rides"), "dispatch"}).status, tools::in_use) << "it does not run";
        EXPECT_EQ(run({"resume", at("rides"), "unheard_of"}).status, tools::not_there);
    }
    EXPECT_EQ(told({"resume", at("rides"), "dispatch"}).at("kept").as_string(), "resume");
    EXPECT_EQ(run({"processes", at("rides")}).out.find("paused"), std::string::npos);
}

TEST_F(command_line_orders, are_kept_where_no_engine_runs_and_the_next_one_obeys) {
    leave_accounts();
    const auto kept = run({"pause", db_, "accounts", "--by", "Olga"});
    EXPECT_EQ(kept.status, tools::success) << kept.err;
    EXPECT_NE(kept.out.find("no engine runs over"), std::string::npos) << kept.out;
    EXPECT_NE(run({"projections", db_}).out.find(", paused by Olga at "), std::string::npos);
    EXPECT_EQ(told({"seek", db_, "accounts", "latest", "--by", "Olga"}).at("kept").as_string(), "seek");
    for (const auto* verb : {"stop", "drain"}) EXPECT_EQ(run({verb, db_, "accounts"}).status, tools::not_there);
    EXPECT_EQ(run({"pause", db_, "unheard_of"}).status, tools::not_there);
    auto store = open_sqlite(at("bank"));
    {
        projection_engine engine{store};
        const auto& read = engine.add<accounts>(views());
        const auto now = engine.status<accounts>();
        EXPECT_EQ(now.state, projection_state::paused);
        EXPECT_EQ(now.told_by, "Olga");
        EXPECT_EQ(now.generation, 2);
        EXPECT_EQ(now.begun_anew_because, "Olga told it to seek");
        EXPECT_EQ(read.rows.count(), 0);
        EXPECT_EQ(run({"resume", db_, "accounts"}).status, tools::in_use)
            << "an engine that does not run does not hear";
    }
    EXPECT_EQ(run({"resume", db_, "accounts"}).status, tools::success);
    EXPECT_EQ(run({"seek", db_, "accounts", "7:1"}).status, tools::success) << "a place that will turn out not to be";
    projection_engine engine{store};
    engine.add<accounts>(views());
    EXPECT_EQ(engine.status<accounts>().state, projection_state::live);
    EXPECT_EQ(engine.status<accounts>().generation, 2) << "one order is obeyed once, and a bad one never";
}

TEST_F(command_line_orders, show_retry_and_discard_what_an_engine_has_parked) {
    const child_process engine([&](int pipe) { return keep_accounts(pipe); });
    await(engine);
    const auto parked = told({"parked", "list", db_});
    EXPECT_EQ(parked.at("projection").as_string(), "accounts");
    EXPECT_EQ(parked.at("stream").as_string(), "account-bob");
    EXPECT_EQ(parked.at("type").as_string(), "bank.deposited");
    EXPECT_EQ(parked.at("why").as_string(), "not thirteen");
    EXPECT_EQ(parked.at("waiting").as_int64(), 2);
    const std::string failed(parked.at("failed").as_string());
    const auto listed = run({"parked", "list", db_, "accounts"}).out;
    EXPECT_EQ(listed.rfind("accounts account-bob since 20", 0), 0U) << listed;
    EXPECT_NE(listed.find("2 waiting, 0 attempt(s), failed at " + failed + " bank.deposited: not thirteen\n"),
              std::string::npos)
        << listed;
    const auto shown = run({"parked", "show", db_, "accounts", "account-bob"}).out;
    EXPECT_EQ(shown.rfind(failed + " ", 0), 0U) << shown;
    EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 2) << shown;
    EXPECT_EQ(run({"parked", "show", db_, "accounts", "account-alice"}).status, tools::not_there);

    const auto still = run({"parked", "retry", db_, "accounts", "account-bob"});
    EXPECT_EQ(still.status, tools::failed);
    EXPECT_EQ(still.out, "account-bob stays parked: not thirteen\n") << still.err;
    EXPECT_EQ(told({"parked", "list", db_}).at("attempts").as_int64(), 1);
    const auto gone = run({"parked", "discard", db_, "accounts", "account-bob"});
    EXPECT_EQ(gone.status, tools::success) << gone.err;
    EXPECT_EQ(gone.out, "account-bob has rejoined\n");
    EXPECT_EQ(run({"parked", "list", db_}).out, "");
    EXPECT_EQ(run({"parked", "retry", db_, "accounts", "account-bob"}).status, tools::not_there);
    for (const auto* words : {"retry", "show", "dance"}) EXPECT_EQ(run({"parked", words, db_}).status, tools::usage);
}

TEST_F(command_line_orders, to_retry_without_an_engine_take_the_applications_own_program) {
    leave_accounts();
    const std::vector<std::string> retry{"parked", "retry", db_, "accounts", "account-bob"};
    const auto plain = run(retry);
    EXPECT_EQ(plain.status, tools::cannot_here);
    EXPECT_NE(plain.err.find("this program does not know their types"), std::string::npos) << plain.err;
    EXPECT_EQ(ask_application(retry).status, tools::usage) << "without the store";
    auto with_store = retry;
    with_store.insert(with_store.end(), {"--store", at("bank")});
    EXPECT_EQ(ask_application(with_store).status, tools::failed) << "it still cannot bear 13 cents";
    ::close(::open(at("fixed").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const auto done = ask_application(with_store);
    EXPECT_EQ(done.status, tools::success) << done.err;
    EXPECT_EQ(done.out, "account-bob has rejoined\n");
    EXPECT_EQ(run({"parked", "list", db_}).out, "");
    EXPECT_NE(run({"sql", db_, "SELECT cents FROM accounts WHERE account = 'bob'"}).out.find("15"), std::string::npos);
}

TEST_F(command_line_orders, name_places_that_read_back_as_they_were_written) {
    const event_id store = parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f");
    for (const auto& each : {start_at::earliest(), start_at::latest(), start_at::after(cut({offset{2}, offset{7}})),
                             start_at::event({partition_id{1}, offset{812}}),
                             start_at::time(recorded_at::from_micros(1'767'225'600'000'001)),
                             start_at::ago(std::chrono::hours{1}).or_nearest(), start_at::latest().of(store),
                             start_at::earliest().of(store).or_nearest()}) {
        const auto text = to_string(each);
        EXPECT_EQ(to_string(parse_start(text)), text);
        EXPECT_EQ(parse_start(text).place().index(), each.place().index()) << text;
    }
    for (const auto* text : {"", "later", "event:", "event:1", "ago:", "ago:x", "time:soon", "latest@", "~"})
        EXPECT_THROW(parse_start(text), error) << text;
}

}  // namespace orders_test
}  // namespace leftfold
