#pragma once
// What runs over the events of the clients: a read model, and a process with the aggregate that it sends commands to.

#include <boost/describe/class.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "leftfold/projections/projection.hpp"
#include "leftfold/projections/table.hpp"

namespace leftfold::simulation {

/// What the clients append, as far as anybody reads it: request.cpp writes it.
struct happened {
    static constexpr auto event_type = "test.happened";
    std::int64_t request{};
    std::int64_t part{};
};
BOOST_DESCRIBE_STRUCT(happened, (), (request, part))

/// A stream as the read model has it. The mark is another one when an event is missed, folded twice, or out of order.
struct tally {
    std::string stream;
    std::int64_t events{};
    std::int64_t mark{};

    void add(std::int64_t request) {
        ++events;
        mark = (mark * 31 + request + 1) % 1'000'003;
    }
    friend bool operator==(const tally&, const tally&) = default;
};
BOOST_DESCRIBE_STRUCT(tally, (), (stream, events, mark))

class tallies : public projection<tallies, happened> {
public:
    static constexpr auto projection_name = "tallies";
    using ignored = ignores_others;  // the answers of the process, and what it notes
    table<tally, &tally::stream> rows{*this, "tallies", {.history = true}};

    void on(const happened& e, const recorded& at) {
        auto stream = std::string(at.category()) + "-" + at.key();
        auto row = rows.find(stream).value_or(tally{stream});
        row.add(e.request);
        rows.put(std::move(row));
    }
};

/// Which requests the process answers with a receipt, and of which of those it reminds when nothing follows.
constexpr bool is_answered_for(std::int64_t request) { return request % 3 == 0; }
constexpr bool is_reminded_of(std::int64_t request) { return request % 6 == 0; }
constexpr std::chrono::milliseconds patience{5};

/// The answers of the process, which begin with `{"answers":17` (request.hpp).
struct receipted {
    static constexpr auto event_type = "test.receipted";
    std::int64_t answers{};
};
struct reminded {
    static constexpr auto event_type = "test.reminded";
    std::int64_t answers{};
};
BOOST_DESCRIBE_STRUCT(receipted, (), (answers))
BOOST_DESCRIBE_STRUCT(reminded, (), (answers))

/// Gives whatever it is asked for: that nothing is given twice is left to whoever asks.
class receipts : public aggregate<receipts, receipted, reminded> {
public:
    static constexpr auto category = "receipts";
    void give(std::int64_t request) { raise(receipted{request}); }
    void remind(std::int64_t request) { raise(reminded{request}); }

private:
    friend aggregate;
    void apply(const receipted&) {}
    void apply(const reminded&) {}
};

struct nothing_followed {
    static constexpr auto event_type = "test.nothing_followed";
    std::int64_t request{};
};
BOOST_DESCRIBE_STRUCT(nothing_followed, (), (request))

/// Answers requests of an owner, and reminds of one when none has followed in time.
class clerk : public process_manager<clerk, happened> {
public:
    static constexpr auto process_name = "clerk";
    using deadlines = leftfold::deadlines<nothing_followed>;

    static std::optional<std::string> correlate(const happened& e, const recorded& at) {
        if (e.part != 0 || !is_answered_for(e.request)) return std::nullopt;
        return at.key();
    }
    void react(const happened& e, reaction& then) const {
        then.execute<receipts>(then.key(), [request = e.request](receipts& to) { to.give(request); });
        if (is_reminded_of(e.request))
            then.schedule(patience, nothing_followed{e.request});
        else
            then.cancel<nothing_followed>();
    }
    void react(const nothing_followed& e, reaction& then) const {
        then.execute<receipts>(then.key(), [request = e.request](receipts& to) { to.remind(request); });
    }
};

}  // namespace leftfold::simulation
