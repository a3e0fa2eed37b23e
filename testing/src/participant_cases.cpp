#include "participant_cases.hpp"

#include <future>
#include <map>

#include "leftfold/storage/commit_participant.hpp"
#include "leftfold/storage/participating_log.hpp"
#include "leftfold/storage/verify.hpp"
#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

/// Refuses what is unwelcome, and notes of the rest where it was told that it would stand.
class doorkeeper final : public commit_participant {
public:
    std::string_view name() const override { return "the doorkeeper"; }

    std::optional<refusal> prepare(std::span<const event_view> events, commit_transaction&) override {
        for (const auto& event : events)
            if (event.type == "test.unwelcome") return refusal{errc::missing_row, "not on the list"};
        for (const auto& event : events) told[event.id] = {event.at, event.recorded, event.version};
        return std::nullopt;
    }

    struct place {
        offset at{};
        recorded_at recorded{};
        leftfold::version version{};
        friend bool operator==(const place&, const place&) = default;
    };
    std::map<event_id, place> told;  // by one partition's writer alone
};

void participants_are_taken_only_by_a_log_that_declares_it(engine& subject, variant how) {
    store_subject at(subject, how, 1);
    const auto join = [&] { join_commits(*at, std::make_shared<doorkeeper>()); };
    if (!at->capabilities().same_transaction_projections) {
        expect_error(errc::unsupported, "joining the commits of a log that takes no participants", join);
        return;
    }
    expect(dynamic_cast<participating_log*>(&at->log()) != nullptr,
           "the log declares same_transaction_projections and is no participating_log");
    join();
    must_append(*at, stream_id("account", "alice"), numbered(1));
    expect_error(errc::invalid_argument, "joining after an append", join);
}

/// Appends without waiting in between, so that many share a group, each to one of a few streams.
std::vector<std::future<std::error_code>> append_many(event_store& store, int count) {
    std::vector<std::future<std::error_code>> outcomes;
    for (int i = 0; i < count; ++i) {
        auto events = numbered(1 + i % 3, i);
        if (i % 5 == 2) events.back().type = "test.unwelcome";
        std::vector<stream_append> one;
        one.emplace_back(stream_id("account", std::to_string(i % 11)), expected_version::any(), std::move(events));
        auto ended = std::make_shared<std::promise<std::error_code>>();
        outcomes.push_back(ended->get_future());
        store.start_append(std::move(one), {},
                           [ended](std::error_code code, const append_result&) { ended->set_value(code); });
    }
    return outcomes;
}

void a_refused_append_leaves_no_gap_and_is_told_to_its_caller_alone(engine& subject, variant how) {
    store_subject at(subject, how, 1);
    if (!at->capabilities().same_transaction_projections) return;
    constexpr int appends = 200;
    const auto keeper = std::make_shared<doorkeeper>();
    join_commits(*at, keeper);
    auto outcomes = append_many(*at, appends);
    std::size_t stored = 0;
    for (int i = 0; i < appends; ++i) {
        const bool is_unwelcome = i % 5 == 2;
        const auto code = outcomes[static_cast<std::size_t>(i)].get();
        expect(code == (is_unwelcome ? make_error_code(errc::missing_row) : std::error_code()),
               "append " + std::to_string(i) + " ended with \"" + code.message() + '"');
        if (!is_unwelcome) stored += static_cast<std::size_t>(1 + i % 3);
    }
    at.between();
    const auto events = everything(*at);
    expect_equal("number of events", events.size(), stored);
    for (const auto& event : events)
        expect(keeper->told.at(event.id) == doorkeeper::place{event.at, event.recorded, event.version},
               "an event stands elsewhere than the participant was told");
    const auto found = verify(*at);
    expect(found.sound(), found.sound() ? "" : found.damages.front().what);
}

}  // namespace

contract participant_cases() {
    return {
        {"participants_are_taken_only_by_a_log_that_declares_it", participants_are_taken_only_by_a_log_that_declares_it,
         false},
        {"a_refused_append_leaves_no_gap_and_is_told_to_its_caller_alone",
         a_refused_append_leaves_no_gap_and_is_told_to_its_caller_alone},
    };
}

}  // namespace leftfold::inline v0::testing
