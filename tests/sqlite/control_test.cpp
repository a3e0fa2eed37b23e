// A store's owner takes orders from other processes, and from nobody else.

#include "leftfold/storage/control.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <future>
#include <random>
#include <string>

#include "control/protocol.hpp"
#include "control/unix_socket.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/observer.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/testing/world.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace control_test {

using namespace test_support;
namespace fs = std::filesystem;

errc code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const error& refused) {
        return refused.kind();
    }
    return errc::ok;
}

void keep_owning(const fs::path& path, int pipe) {
    auto store = open_sqlite(path, {.partitions = 2});
    if (::write(pipe, "o", 1) == 1) ::pause();
}

void await_owner(const child_process& owner) {
    char opened = 0;
    ASSERT_EQ(::read(owner.pipe(), &opened, 1), 1);
}

std::vector<event_data> one() {
    std::vector<event_data> events;
    events.emplace_back("bank.deposited", "{}");
    return events;
}

/// A client that says what it wants and reads what comes until the other side hangs up or says nothing for a while.
class raw_client {
public:
    explicit raw_client(const fs::path& socket) : line_(control::connect_to(socket)) {
        const timeval patience{10, 0};
        ::setsockopt(line_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::fcntl(line_.get(), F_SETFL, 0);
    }
    void say(std::string_view what) { static_cast<void>(!::send(line_.get(), what.data(), what.size(), MSG_NOSIGNAL)); }
    std::string hear_line() {
        std::string heard;
        char next = 0;
        while (::read(line_.get(), &next, 1) == 1 && next != '\n') heard += next;
        return heard;
    }
    bool is_hung_up() {
        char next = 0;
        return ::read(line_.get(), &next, 1) <= 0 && errno != EAGAIN;
    }

private:
    control::descriptor line_;
};

TEST(control, an_owner_answers_other_processes) {
    const temporary_directory place;
    const child_process owner([&](int pipe) {
        keep_owning(place / "bank.store", pipe);
        return 0;
    });
    await_owner(owner);
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "ping"}), "{}");
    const auto info = ask_owner(place / "bank.store", {.verb = "info"}).value();
    EXPECT_NE(info.find(R"("heads":[0,0])"), std::string::npos) << info;
    EXPECT_NE(info.find(R"("closed":")"), std::string::npos) << info;
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "reindex"}), R"({"partitions":2})");
    EXPECT_EQ(code_of([&] { ask_owner(place / "bank.store", {.verb = "drop-everything"}); }), errc::unsupported);
}

TEST(control, an_owner_accepts_its_clock_when_it_is_told_to) {
    const temporary_directory place;
    const auto clock = std::make_shared<testing::manual_clock>();
    auto store = open_sqlite(place / "bank.store", {.partitions = 1, .store = {.world = {.clock = clock}}});
    const stream_id ann("account", "ann");
    store.append(ann, expected_version::any(), one()).value();
    clock->set_wall(clock->now() + std::chrono::hours{5});
    EXPECT_EQ(code_of([&] { store.append(ann, expected_version::any(), one()).value(); }), errc::clock_jump);
    EXPECT_TRUE(ask_owner(place / "bank.store", {.verb = "accept-clock"}).has_value());
    EXPECT_EQ(code_of([&] { store.append(ann, expected_version::any(), one()).value(); }), errc::ok);
}

TEST(control, the_index_is_made_again_while_appends_go_on) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    std::atomic<bool> enough{false};
    auto appending = std::async(std::launch::async, [&] {
        std::int64_t made = 0;
        for (; !enough; ++made) {
            const stream_id stream("account", fmt::format("{}", made % 20));
            store.append(stream, expected_version::exactly(version(made / 20)), one()).value();
        }
        return made;
    });
    for (int i = 0; i != 5; ++i) EXPECT_TRUE(ask_owner(place / "bank.store", {.verb = "reindex"}).has_value());
    enough = true;
    const auto made = appending.get();
    for (int i = 0; i != 20; ++i) {
        const auto versions = (made + 19 - i) / 20;
        const auto head = store.head(stream_id("account", fmt::format("{}", i)));
        EXPECT_EQ(head.value_or(version()), version(versions));
    }
}

TEST(control, nobody_is_asked_where_nobody_owns_the_store) {
    const temporary_directory place;
    open_sqlite(place / "bank.store", {.partitions = 1}).close();
    EXPECT_FALSE(fs::exists(place / "bank.store/control")) << "an owner that ends in order takes its socket with it";
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "ping"}), std::nullopt);
}

TEST(control, the_socket_of_a_killed_owner_is_replaced) {
    const temporary_directory place;
    {
        const child_process owner([&](int pipe) {
            keep_owning(place / "bank.store", pipe);
            return 0;
        });
        await_owner(owner);
    }
    ASSERT_TRUE(fs::exists(place / "bank.store/control"));
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "ping"}), std::nullopt);
    auto store = open_sqlite(place / "bank.store");
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "ping"}), "{}");
}

TEST(control, only_the_owners_user_may_speak) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    struct stat found {};
    ASSERT_EQ(::stat((place / "bank.store/control").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST(control, a_path_of_any_length_will_do) {
    const temporary_directory place;
    auto deep = place.path();
    for (int i = 0; i != 6; ++i) deep /= std::string(50, static_cast<char>('a' + i));
    auto store = open_sqlite(deep / "bank.store", {.partitions = 1});
    EXPECT_EQ(ask_owner(deep / "bank.store", {.verb = "ping"}), "{}");
}

TEST(control, an_owner_that_cannot_listen_says_so_and_works) {
    struct listening_observer final : observer {
        void on_warning(std::string_view text) override { heard += text; }
        std::string heard;
    };
    const temporary_directory place;
    const auto told = std::make_shared<listening_observer>();
    open_sqlite(place / "bank.store", {.partitions = 1}).close();
    fs::create_directories(place / "bank.store/control/in the way");
    auto store = open_sqlite(place / "bank.store", {.store = {.world = {.observer = told}}});
    EXPECT_NE(told->heard.find("cannot give orders"), std::string::npos) << told->heard;
    store.append(stream_id("account", "ann"), expected_version::any(), one()).value();
    EXPECT_EQ(code_of([&] { ask_owner(place / "bank.store", {.verb = "ping"}); }), errc::locked);
}

TEST(control, garbage_is_refused_and_harms_nobody) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    const auto socket = place / "bank.store/control";
    std::mt19937 random(7);
    const std::string whole = control::encode_request({.verb = "ping", .arguments = {{"a", "b"}}});
    int lines = 0;
    int refused = 0;
    for (int i = 0; i != 400; ++i) {
        auto line = whole;
        for (std::size_t changes = random() % 4 + 1; changes != 0; --changes) {
            const auto at = random() % line.size();
            if (random() % 2 == 0)
                line[at] = static_cast<char>(random());
            else
                line.insert(at, 1 + random() % 3, static_cast<char>(random()));
        }
        line += '\n';
        raw_client client(socket);
        client.say(line);
        const auto answer = client.hear_line();
        ASSERT_TRUE(answer.starts_with(R"({"leftfold":1,"ok":)")) << answer << " to " << line;
        ++lines;
        refused += answer.find(R"("ok":false)") != std::string::npos;
    }
    for (const auto* line : {"\n", "{}\n", "[]\n", "null\n",
                             R"({"leftfold":1})"
                             "\n",
                             R"({"leftfold":1,"verb":7})"
                             "\n",
                             R"({"leftfold":1,"verb":"ping","arguments":[]})"
                             "\n",
                             R"({"leftfold":1,"verb":"ping","arguments":{"a":1}})"
                             "\n"}) {
        raw_client client(socket);
        client.say(line);
        EXPECT_NE(client.hear_line().find(R"("code":"invalid_argument")"), std::string::npos) << line;
        EXPECT_TRUE(client.is_hung_up()) << line;
    }
    raw_client newer(socket);
    newer.say(R"({"leftfold":2,"verb":"ping"})"
              "\n");
    EXPECT_NE(newer.hear_line().find(R"("code":"unsupported")"), std::string::npos);
    EXPECT_EQ(ask_owner(place / "bank.store", {.verb = "ping"}), "{}");
    fmt::print("control garbage: {} lines, {} refused\n", lines, refused);
    EXPECT_GT(refused, lines / 2);
}

TEST(control, a_line_without_end_is_cut_off) {
    const temporary_directory place;
    auto store = open_sqlite(place / "bank.store", {.partitions = 1});
    raw_client client(place / "bank.store/control");
    for (int i = 0; i != 20; ++i) client.say(std::string(4'000, 'x'));
    EXPECT_NE(client.hear_line().find("too long"), std::string::npos);
    EXPECT_TRUE(client.is_hung_up());
}

TEST(control, clients_are_few_and_the_silent_ones_are_dropped) {
    const temporary_directory place;
    control_verbs verbs;
    verbs.emplace("ping", [](const control_request&) { return std::string("{}"); });
    const control_listener listener(place / "control", std::move(verbs), complete({}),
                                    {.clients = 2, .idle = std::chrono::milliseconds{300}});
    raw_client silent(place / "control");
    raw_client also_silent(place / "control");
    EXPECT_EQ(ask_control(place / "control", {.verb = "ping"}, std::chrono::seconds{20}), "{}")
        << "a third waits until there is room";
    EXPECT_TRUE(silent.is_hung_up());
}

TEST(control, several_orders_in_one_breath_are_answered_in_turn) {
    const temporary_directory place;
    control_verbs verbs;
    int calls = 0;
    verbs.emplace("count", [&](const control_request&) { return fmt::format(R"({{"n":{}}})", ++calls); });
    const control_listener listener(place / "control", std::move(verbs), complete({}));
    raw_client client(place / "control");
    const auto line = control::encode_request({.verb = "count"});
    client.say(line + line + line.substr(0, 10));
    client.say(line.substr(10));
    for (int i = 1; i != 4; ++i) EXPECT_EQ(control::decode_answer(client.hear_line()), fmt::format(R"({{"n":{}}})", i));
}

}  // namespace control_test
}  // namespace leftfold
