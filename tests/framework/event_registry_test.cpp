#include "leftfold/framework/event_registry.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "framework/bank.hpp"
#include "leftfold/storage/error.hpp"

namespace event_registry_test {

using leftfold::errc, leftfold::error, leftfold::event_registry, leftfold::raw_event;

/// The first deposits were in whole euros, the next ones had a currency that is now the only one.
struct deposited_v1 {
    static constexpr auto event_type = "bank.paid_in";
    std::int64_t euros{};
};
struct deposited_v2 {
    static constexpr auto event_type = "bank.deposited_v2";
    std::int64_t amount{};
    std::string unit;
};
/// Once one event, today two.
struct opened_with {
    static constexpr auto event_type = "bank.opened_with";
    std::string owner;
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(deposited_v1, (), (euros))
BOOST_DESCRIBE_STRUCT(deposited_v2, (), (amount, unit))
BOOST_DESCRIBE_STRUCT(opened_with, (), (owner, cents))

std::vector<raw_event> translated(const event_registry& events, std::string_view type, std::string_view payload) {
    std::vector<raw_event> made;
    events.translate(type, payload, [&](std::string_view t, std::string_view p) {
        made.push_back({std::string{t}, std::string{p}});
    });
    return made;
}

errc code_of(auto&& action) {
    try {
        action();
    } catch (const error& e) {
        return e.kind();
    }
    return errc::ok;
}

event_registry with_history() {
    event_registry events;
    events.add<bank::opened, bank::deposited, bank::withdrawn>();
    events.upcast<deposited_v1>([](const deposited_v1& old) { return deposited_v2{old.euros * 100, "cent"}; });
    events.upcast<deposited_v2>([](const deposited_v2& old) { return bank::deposited{old.amount}; });
    events.upcast<opened_with>([](const opened_with& old) {
        return std::vector<std::variant<bank::opened, bank::deposited>>{bank::opened{old.owner},
                                                                        bank::deposited{old.cents}};
    });
    events.rename("bank.took_out", "bank.withdrawn");
    return events;
}

TEST(event_registry, an_event_of_today_is_itself) {
    const std::vector<raw_event> same{{"bank.deposited", R"({"cents": 5 })"}};
    EXPECT_EQ(translated(event_registry{}, "bank.deposited", R"({"cents": 5 })"), same);
    EXPECT_EQ(translated(with_history(), "bank.deposited", R"({"cents": 5 })"), same);
}

TEST(event_registry, a_chain_of_upcasters_leads_to_today) {
    EXPECT_EQ(translated(with_history(), "bank.paid_in", R"({"euros":7})"),
              (std::vector<raw_event>{{"bank.deposited", R"({"cents":700})"}}));
    EXPECT_EQ(translated(with_history(), "bank.deposited_v2", R"({"amount":7,"unit":"cent"})"),
              (std::vector<raw_event>{{"bank.deposited", R"({"cents":7})"}}));
}

TEST(event_registry, one_event_may_become_several) {
    EXPECT_EQ(
        translated(with_history(), "bank.opened_with", R"({"owner":"Ann","cents":5})"),
        (std::vector<raw_event>{{"bank.account_opened", R"({"owner":"Ann"})"}, {"bank.deposited", R"({"cents":5})"}}));
}

TEST(event_registry, a_renamed_event_keeps_its_payload_to_the_byte) {
    EXPECT_EQ(translated(with_history(), "bank.took_out", R"({ "cents":5})"),
              (std::vector<raw_event>{{"bank.withdrawn", R"({ "cents":5})"}}));
}

TEST(event_registry, raw_payloads_are_upcast_where_no_struct_describes_them) {
    event_registry events;
    events.upcast("bank.noted", [](const raw_event& old) {
        return std::vector<raw_event>{{"bank.memo", "{\"text\":" + old.payload + "}"}};
    });
    events.rename("bank.memo", "bank.remark");
    EXPECT_EQ(translated(events, "bank.noted", R"("hi")"),
              (std::vector<raw_event>{{"bank.remark", R"({"text":"hi"})"}}));
}

TEST(event_registry, an_upcaster_may_drop_an_event) {
    event_registry events;
    events.upcast<deposited_v1>([](const deposited_v1& old) {
        return old.euros == 0 ? std::nullopt : std::optional{bank::deposited{old.euros * 100}};
    });
    EXPECT_TRUE(translated(events, "bank.paid_in", R"({"euros":0})").empty());
    EXPECT_EQ(translated(events, "bank.paid_in", R"({"euros":1})").size(), 1U);
}

TEST(event_registry, a_payload_that_an_upcaster_cannot_read_says_where) {
    try {
        translated(with_history(), "bank.paid_in", R"({"euros":"7"})");
        FAIL() << "decoded";
    } catch (const leftfold::codec_error& bad) {
        EXPECT_EQ(bad.event_type(), "bank.paid_in");
        EXPECT_EQ(bad.path(), "$.euros");
    }
}

TEST(event_registry, steps_that_run_in_a_circle_are_an_error) {
    event_registry events;
    const auto to = [](std::string type) {
        return [type](const raw_event& old) { return std::vector<raw_event>{{type, old.payload}}; };
    };
    events.upcast("a", to("b")).upcast("b", to("a"));
    EXPECT_EQ(code_of([&] { translated(events, "a", "{}"); }), errc::invalid_event);
}

TEST(event_registry, names_that_run_in_a_circle_are_refused) {
    event_registry events;
    events.rename("a", "b").rename("b", "c");
    EXPECT_EQ(code_of([&] { events.rename("c", "a"); }), errc::invalid_argument);
    EXPECT_EQ(code_of([&] { events.rename("d", "d"); }), errc::invalid_argument);
    EXPECT_EQ(translated(events, "a", "{}"), (std::vector<raw_event>{{"c", "{}"}}));
}

struct other_deposited {
    static constexpr auto event_type = "bank.deposited";
};
BOOST_DESCRIBE_STRUCT(other_deposited, (), ())

TEST(event_registry, a_name_means_one_thing) {
    event_registry events = with_history();
    EXPECT_EQ(code_of([&] { events.add<other_deposited>(); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { events.rename("bank.deposited", "bank.paid"); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { events.rename("bank.took_out", "bank.deposited"); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { events.add<deposited_v1>(); }), errc::name_collision);
    EXPECT_EQ(code_of([&] { events.upcast<bank::opened>([](const bank::opened&) { return bank::deposited{}; }); }),
              errc::name_collision);
    EXPECT_EQ(code_of([&] { events.add<bank::opened>(); }), errc::ok) << "the same type again is no collision";
}

TEST(event_registry, a_collision_names_both_claims) {
    event_registry events;
    events.add<bank::deposited>();
    try {
        events.add<other_deposited>();
        FAIL() << "two types of one name";
    } catch (const error& e) {
        EXPECT_NE(std::string_view{e.what()}.find(
                      "registering the event type bank.deposited as the struct other_deposited, while it is the struct "
                      "deposited"),
                  std::string_view::npos)
            << e.what();
    }
}

TEST(event_registry, names_that_are_no_event_types_are_refused) {
    event_registry events;
    EXPECT_EQ(code_of([&] { events.rename("", "a"); }), errc::invalid_name);
    EXPECT_EQ(code_of([&] { events.rename("a", "b\n"); }), errc::invalid_name);
}

TEST(event_registry, says_under_which_names_today_s_events_may_be_stored) {
    EXPECT_EQ(with_history().stored_names({"bank.withdrawn"}),
              (std::vector<std::string>{"bank.deposited_v2", "bank.opened_with", "bank.paid_in", "bank.took_out",
                                        "bank.withdrawn"}));
    EXPECT_EQ(event_registry{}.stored_names({"bank.withdrawn"}), (std::vector<std::string>{"bank.withdrawn"}));
}

TEST(event_registry, its_fingerprint_changes_with_each_rename_and_upcaster) {
    event_registry events;
    const auto empty = events.fingerprint();
    events.add<bank::opened>();
    EXPECT_EQ(events.fingerprint(), empty);
    events.rename("a", "b");
    const auto renamed = events.fingerprint();
    EXPECT_NE(renamed, empty);
    events.upcast<deposited_v1>([](const deposited_v1&) { return bank::deposited{}; });
    EXPECT_NE(events.fingerprint(), renamed);
}

}  // namespace event_registry_test
