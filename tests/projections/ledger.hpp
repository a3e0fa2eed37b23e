#pragma once
// What the tests of followed tables follow: the same projection with the option and without it.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "leftfold/projections/change_feed.hpp"
#include "projections/read_models.hpp"

namespace ledgers {

/// What happens to rows, one after another, in one event: 0 erases.
struct step {
    std::int64_t key{};
    std::int64_t value{};
};
struct stepped {
    static constexpr auto event_type = "test.stepped";
    std::vector<step> steps;
};
/// Puts so many rows of the numbers, from 0 on.
struct filled {
    static constexpr auto event_type = "test.filled";
    std::int64_t count{};
    std::int64_t value{};
};
BOOST_DESCRIBE_STRUCT(step, (), (key, value))
BOOST_DESCRIBE_STRUCT(stepped, (), (steps))
BOOST_DESCRIBE_STRUCT(filled, (), (count, value))

struct number {
    std::int64_t key{};
    std::int64_t value{};
    friend bool operator==(const number&, const number&) = default;
};
struct name {
    std::string key;
    std::int64_t value{};
    friend bool operator==(const name&, const name&) = default;
};
BOOST_DESCRIBE_STRUCT(number, (), (key, value))
BOOST_DESCRIBE_STRUCT(name, (), (key, value))

/// Rows under keys of both kinds, since SQLite lays their tables out in different ways.
template <bool Followed>
class ledger : public leftfold::projection<ledger<Followed>, stepped, filled> {
public:
    static constexpr auto projection_name = "ledger";
    leftfold::table<number, &number::key> numbers{
        *this, "numbers", {.history = true, .indices = {"value"}, .followed = Followed}};
    leftfold::table<name, &name::key> names{*this, "names", {.history = true, .followed = Followed}};

    void on(const stepped& e) {
        for (const auto& each : e.steps) set(each.key, each.value);
    }
    void on(const filled& e) {
        for (std::int64_t key = 0; key != e.count; ++key) numbers.put({key, e.value});
    }

private:
    void set(std::int64_t key, std::int64_t value) {
        if (value == 0) {
            numbers.erase(key);
            names.erase(std::to_string(key));
        } else {
            numbers.put({key, value});
            names.put({std::to_string(key), value});
        }
    }
};

/// A change as it is compared: its place, its key, and both values.
using told = std::vector<std::string>;

template <class Feed>
std::vector<told> all_of(Feed& feed) {
    std::vector<told> all;
    const auto text = [](const auto& row) { return row ? std::to_string(row->value) : std::string("none"); };
    const auto key = [](const auto& row) {
        if constexpr (requires { row.key.size(); })
            return row.key;
        else
            return std::to_string(row.key);
    };
    for (auto page = feed.next(); !page.empty(); page = feed.next())
        for (const auto& each : page)
            all.push_back({to_string(each.position), key(each.row()), text(each.before), text(each.after)});
    return all;
}

/// Folds both of them, each in a database of its own.
class fixture : public read_models::fixture {
protected:
    template <class Event>
    void append(const Event& event) {
        last_ = bank::append(store_, "one", event).recorded;
    }
    std::filesystem::path database_of(bool followed) const { return directory_ / (followed ? "f.db" : "p.db"); }

    template <bool Followed>
    void fold(std::size_t flush = 1'000) {
        leftfold::projection_engine engine{store_};
        engine.add<ledger<Followed>>({.database = database_of(Followed), .flush = {.events = flush}});
        engine.catch_up();
        EXPECT_EQ(engine.template status<ledger<Followed>>().begun_anew_because, "");
    }

    leftfold::event_store store_ = make_store();
    leftfold::recorded_at last_{};
    std::mt19937_64 random_{[] {
        const auto* const given = std::getenv("LEFTFOLD_SEED");
        return given == nullptr ? 20261127 : std::strtoull(given, nullptr, 10);
    }()};
};

}  // namespace ledgers
