#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/command_line.hpp"

namespace leftfold {
namespace verify_test {

namespace fs = std::filesystem;
using test_support::answer;
using test_support::run;

class command_line_verify : public test_support::command_line {
protected:
    /// Appends events to the one partition of a store; the payload of each is `event-N-` and its number.
    void grow(const std::string& name, int events) const {
        auto store = open_sqlite(at(name), {.partitions = 1});
        for (int i = 0; i != events; ++i) {
            const auto next = store.heads().at(partition_id{0}).value() + 1;
            std::vector<event_data> one;
            one.emplace_back("test.happened", "\"event-N-" + std::to_string(next) + "\"");
            store.append(stream_id("test", "s" + std::to_string(next % 3)), expected_version::any(), std::move(one))
                .value();
        }
        store.close();
    }

    /// Alters one byte of the payload of an event in the partition's file.
    void damage(const std::string& name, int event) const {
        const auto file = at(name + "/partition-0000.db");
        auto bytes = text_of(file);
        const auto found = bytes.find("\"event-N-" + std::to_string(event) + "\"");
        ASSERT_NE(found, std::string::npos);
        bytes[found + 1] = 'E';
        std::ofstream(file, std::ios::binary) << bytes;
    }

    static std::string text_of(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    answer verify(std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"verify", at("a"), "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }

    static std::string events(int count) { return "\"events\":" + std::to_string(count) + ","; }
};

TEST_F(command_line_verify, a_second_one_reads_only_what_came_since) {
    grow("a", 10);
    const auto first = verify();
    EXPECT_EQ(first.status, tools::success) << first.err;
    EXPECT_NE(first.out.find(events(10)), std::string::npos) << first.out;
    grow("a", 3);
    EXPECT_NE(verify().out.find(events(3) + R"("since":"10","cut":"13")"), std::string::npos);
    EXPECT_NE(verify().out.find(events(0)), std::string::npos);
    EXPECT_NE(verify({"--full"}).out.find(events(13) + R"("since":"0")"), std::string::npos);
    const auto told = run({"verify", at("a")});
    EXPECT_NE(told.out.find("up to 13 were verified before, last in full at 2"), std::string::npos) << told.out;
}

TEST_F(command_line_verify, the_note_can_be_kept_elsewhere) {
    grow("a", 10);
    EXPECT_EQ(verify({"--state", at("note")}).status, tools::success);
    EXPECT_FALSE(fs::exists(at("a/verified")));
    EXPECT_NE(verify({"--state", at("note")}).out.find(events(0)), std::string::npos);
    EXPECT_NE(verify({"--state", at("nowhere/note")}).status, tools::success);
    fs::create_directory(at("a/verified"));
    const auto cannot_keep = verify();
    EXPECT_EQ(cannot_keep.status, tools::success);
    EXPECT_NE(cannot_keep.err.find("the next verify reads everything again"), std::string::npos) << cannot_keep.err;
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), {}), 2);
}

TEST_F(command_line_verify, a_note_with_an_altered_byte_is_ignored) {
    grow("a", 10);
    verify();
    const auto note = text_of(at("a/verified"));
    int altered = 0;
    for (std::size_t i = 0; i + 1 < note.size(); i += 7, ++altered) {
        auto bytes = note;
        bytes[i] = static_cast<char>(bytes[i] ^ 1);
        std::ofstream(at("a/verified"), std::ios::binary) << bytes;
        const auto again = verify();
        EXPECT_EQ(again.status, tools::success) << i;
        EXPECT_NE(again.out.find(events(10)), std::string::npos) << i << again.out;
        EXPECT_NE(again.err.find("is ignored"), std::string::npos) << i;
    }
    std::cout << "notes with an altered byte: " << altered << " of " << altered << " ignored\n";
    EXPECT_GT(altered, 30);
}

TEST_F(command_line_verify, a_tail_that_was_cut_off_is_found_each_time) {
    grow("a", 10);
    fs::copy(at("a"), at("older"));
    grow("a", 5);
    verify();
    fs::copy(at("a/verified"), at("older/verified"));
    fs::remove_all(at("a"));
    fs::rename(at("older"), at("a"));
    for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--full"}, {}}) {
        const auto lost = verify(how);
        EXPECT_EQ(lost.status, tools::damaged);
        EXPECT_NE(lost.out.find(R"("partition":0,"offset":15)"), std::string::npos) << lost.out;
    }
    fs::remove(at("a/verified"));
    EXPECT_EQ(verify().status, tools::success);
}

TEST_F(command_line_verify, a_restored_store_is_read_from_the_start) {
    grow("a", 10);
    verify();
    ASSERT_EQ(run({"backup", at("a"), at("saved")}).status, tools::success);
    const auto note = text_of(at("a/verified"));
    fs::remove_all(at("a"));
    ASSERT_EQ(run({"restore", at("saved"), at("a")}).status, tools::success);
    std::ofstream(at("a/verified"), std::ios::binary) << note;
    const auto restored = verify();
    EXPECT_EQ(restored.status, tools::success);
    EXPECT_NE(restored.out.find(events(10)), std::string::npos) << restored.out;
    EXPECT_NE(restored.err.find("restored since"), std::string::npos) << restored.err;
}

TEST_F(command_line_verify, names_the_place_of_damage_and_does_not_pass_it_the_next_time) {
    grow("a", 10);
    verify();
    grow("a", 10);
    damage("a", 14);
    for (int i = 0; i != 2; ++i) {
        const auto found = verify();
        EXPECT_EQ(found.status, tools::damaged);
        EXPECT_NE(found.out.find(R"("partition":0,"offset":14)"), std::string::npos) << found.out;
    }
}

TEST_F(command_line_verify, damage_below_the_note_is_found_in_full_and_from_then_on_always) {
    grow("a", 10);
    verify();
    damage("a", 4);
    EXPECT_EQ(verify().status, tools::success);  // what --full is for
    for (const std::vector<std::string>& how : {std::vector<std::string>{"--full"}, {}}) {
        const auto found = verify(how);
        EXPECT_EQ(found.status, tools::damaged);
        EXPECT_NE(found.out.find(R"("partition":0,"offset":4)"), std::string::npos) << found.out;
    }
}

TEST_F(command_line_verify, a_head_kept_elsewhere_gives_away_a_history_that_was_replaced) {
    grow("a", 10);
    std::ofstream(at("head")) << run({"head", at("a")}).out;
    grow("a", 2);
    EXPECT_EQ(verify({"--against", at("head")}).status, tools::success);
    std::ofstream(at("head")) << run({"head", at("a")}).out;

    // Another history under the same store's id, sound in itself: only the head tells.
    fs::create_directory(at("b"));
    fs::copy(at("a"), at("b"), fs::copy_options::recursive);
    grow("a", 5);
    std::ofstream(at("later")) << run({"head", at("a")}).out;
    grow("b", 5);
    fs::remove_all(at("a"));
    fs::rename(at("b"), at("a"));
    EXPECT_EQ(verify({"--against", at("head")}).status, tools::success);
    const auto replaced = verify({"--against", at("later")});
    EXPECT_EQ(replaced.status, tools::damaged);
    EXPECT_NE(replaced.out.find(R"("partition":0,"offset":17)"), std::string::npos) << replaced.out;
}

TEST_F(command_line_verify, refuses_a_head_that_is_none_or_of_another_store) {
    grow("a", 3);
    grow("b", 3);
    std::ofstream(at("head")) << run({"head", at("b")}).out;
    EXPECT_EQ(verify({"--against", at("head")}).status, tools::refused_input);
    EXPECT_EQ(verify({"--against", at("nothing")}).status, tools::not_there);
    std::ofstream(at("head")) << "not a head, but long enough to be one";
    EXPECT_EQ(verify({"--against", at("head")}).status, tools::damaged);
}

}  // namespace verify_test
}  // namespace leftfold
