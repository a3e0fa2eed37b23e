#include <algorithm>
#include <filesystem>

#include "tools/command_line.hpp"

namespace leftfold {
namespace command_line_test {

using test_support::command_line;
using test_support::run;

TEST_F(command_line, says_what_a_store_is) {
    fill("a");
    const auto told = run({"info", at("a"), "--json"});
    EXPECT_EQ(told.status, tools::success) << told.err;
    EXPECT_NE(told.out.find(R"("events":9)"), std::string::npos) << told.out;
    EXPECT_NE(told.out.find(R"("durability":"power_loss")"), std::string::npos) << told.out;
}

TEST_F(command_line, closes_the_time_asked_for_when_the_owner_is_gone) {
    fill("a");
    auto reader = open_sqlite(at("a"), {.access = access::read_only});
    const auto now = recorded_at::from_micros(reader.world().clock->wall_us());
    ASSERT_LT(reader.closed(), now);
    const auto shown = run({"events", at("a"), "--as-of", to_rfc3339(now.time())});
    EXPECT_EQ(shown.status, tools::success) << shown.err;
    EXPECT_EQ(std::count(shown.out.begin(), shown.out.end(), '\n'), 9);
    EXPECT_GE(reader.closed(), now);
}

TEST_F(command_line, shows_all_that_is_stored_when_the_owners_last_word_is_lost) {
    fill("a");
    std::filesystem::remove(at("a") + "/live");  // never synced, so that a power cut may take it
    const auto shown = run({"events", at("a")});
    EXPECT_EQ(std::count(shown.out.begin(), shown.out.end(), '\n'), 9) << shown.err;
}

TEST_F(command_line, tells_wrong_words_from_missing_stores) {
    const auto unknown = run({"no-such-command", at("a")});
    EXPECT_EQ(unknown.status, tools::usage);
    EXPECT_NE(unknown.err.find("\"no-such-command\""), std::string::npos) << unknown.err;
    EXPECT_EQ(run({"info", at("nothing")}).status, tools::not_there);
    fill("a");
    EXPECT_EQ(run({"events", at("a"), "--as-of", "yesterday-ish"}).status, tools::usage);
    EXPECT_EQ(run({"events", at("a"), "--stream", "account-nobody"}).status, tools::not_there);
}

TEST_F(command_line, an_import_of_an_export_exports_the_same_bytes) {
    fill("a", 50);
    const auto exported = run({"export", at("a")});
    ASSERT_EQ(exported.status, tools::success) << exported.err;
    const auto imported = run({"import", at("b")}, exported.out);
    ASSERT_EQ(imported.status, tools::success) << imported.err;
    EXPECT_EQ(run({"export", at("b")}).out, exported.out);
    EXPECT_EQ(run({"export", at("b"), "--merged"}).out, run({"export", at("a"), "--merged"}).out);
    EXPECT_EQ(run({"verify", at("b")}).status, tools::success);
}

TEST_F(command_line, an_import_of_a_merged_export_makes_the_same_store) {
    fill("a", 20);
    ASSERT_EQ(run({"import", at("b")}, run({"export", at("a"), "--merged"}).out).status, tools::success);
    EXPECT_EQ(run({"export", at("b")}).out, run({"export", at("a")}).out);
}

TEST_F(command_line, an_import_finds_every_altered_and_every_lost_line) {
    fill("a");
    const auto exported = run({"export", at("a")}).out;
    for (std::size_t i = 0; i < exported.size(); i += 97) {
        auto altered = exported;
        altered[i] = static_cast<char>(altered[i] ^ 1);
        EXPECT_NE(run({"import", at("b")}, altered).status, tools::success) << "byte " << i;
        EXPECT_FALSE(std::filesystem::exists(at("b"))) << "byte " << i;
    }
    for (std::size_t line = exported.find('\n') + 1; line < exported.size(); line = exported.find('\n', line) + 1) {
        auto lacking = exported;
        lacking.erase(line, exported.find('\n', line) + 1 - line);
        EXPECT_EQ(run({"import", at("b")}, lacking).status, tools::damaged);
    }
}

TEST_F(command_line, an_import_moves_streams_to_another_number_of_partitions) {
    fill("a", 40);
    ASSERT_EQ(run({"import", at("b"), "--partitions", "7"}, run({"export", at("a")}).out).status, tools::success);
    EXPECT_EQ(run({"verify", at("b")}).status, tools::success);
    const std::string all = "SELECT recorded, key, version, type, id, payload FROM events ORDER BY recorded";
    EXPECT_EQ(run({"sql", at("b"), all}).out, run({"sql", at("a"), all}).out);
    EXPECT_EQ(run({"sql", at("b"), "SELECT max(partition) > 2 FROM events"}).out, "1\n");
}

TEST_F(command_line, importing_a_partial_export_twice_adds_its_events_once) {
    fill("a", 10);
    const auto partial = run({"export", at("a"), "--type", "bank.deposited"}).out;
    EXPECT_EQ(run({"import", at("b")}, partial).out, "10 event(s) imported, appended under their own ids\n");
    EXPECT_EQ(run({"import", at("b")}, partial).out, "0 event(s) imported, appended under their own ids\n");
    EXPECT_EQ(run({"sql", at("b"), "SELECT count(*) FROM events"}).out, "10\n");
}

TEST_F(command_line, shows_events_of_a_range) {
    const auto done = fill("a", 4);
    const auto partition = std::to_string(done[0].position.partition.value());
    const auto shown = run({"events", at("a"), "--from", partition + ":2", "--to", partition + ":3", "--json"});
    EXPECT_EQ(std::count(shown.out.begin(), shown.out.end(), '\n'), 2) << shown.out;
    EXPECT_EQ(run({"events", at("a"), "--from", "77:1"}).status, tools::usage);
    const auto last = run({"tail", at("a"), "--last", "1", "--count", "1"});
    EXPECT_EQ(std::count(last.out.begin(), last.out.end(), '\n'), 1) << last.err;
}

TEST_F(command_line, a_backup_is_carried_on_and_restored_under_a_new_epoch) {
    fill("a", 5);
    EXPECT_EQ(run({"backup", at("a"), at("saved")}).status, tools::success);
    {
        auto store = open_sqlite(at("a"));
        std::vector<event_data> more;
        more.emplace_back("bank.deposited", "{}");
        store.append(stream_id("account", "late"), expected_version::none(), std::move(more)).value();
        const auto live = run({"backup", at("a"), at("saved")});
        EXPECT_EQ(live.status, tools::success) << live.err;
        EXPECT_EQ(live.out.substr(0, 8), "1 event(");
        EXPECT_EQ(run({"reindex", at("a")}).status, tools::success) << "done by the owner";
        EXPECT_EQ(run({"clock", at("a"), "--accept"}).status, tools::success);
        EXPECT_EQ(store.head(stream_id("account", "late")), version(1));
    }
    EXPECT_EQ(run({"export", at("saved")}).out, run({"export", at("a")}).out);
    EXPECT_EQ(run({"restore", at("saved"), at("b")}).status, tools::success);
    EXPECT_NE(run({"info", at("b")}).out.find("epoch       2"), std::string::npos);
    EXPECT_NE(run({"restore", at("saved"), at("b")}).status, tools::success);
    EXPECT_EQ(run({"reindex", at("a")}).status, tools::success);
    EXPECT_EQ(run({"clock", at("a"), "--accept"}).status, tools::success);
}

}  // namespace command_line_test
}  // namespace leftfold
