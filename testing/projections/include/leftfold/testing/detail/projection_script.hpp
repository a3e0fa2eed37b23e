#pragma once
// What a test of a projection says and asks, without the projection's type.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/testing/happenings.hpp"

namespace leftfold::inline v0::testing::detail {

/// A row that is to be there, and what its type is known by: the columns that its table has.
struct expected_row {
    const leftfold::detail::column* type;
    const void* row;
};

template <class Row>
expected_row expected_row_of(const Row& row) {
    return {leftfold::detail::columns<Row>.data(), &row};
}

/// How the events of a test are delivered.
struct delivery {
    bool twice = false;
    std::optional<std::uint64_t> shuffled_by{};
    std::optional<std::size_t> batches_of{};
    event_registry events{};
};

class projection_run;

/// The events of a test, how they are delivered, and, from the first question on, what the projection made of them.
class projection_script {
public:
    using adder = std::function<const projection_base&(projection_engine&, projection_options)>;

    /// `add` adds the projection to an engine.
    projection_script(std::vector<happening> happened, adder add);

    /// Changes the delivery: whatever was delivered before is forgotten.
    delivery& change_delivery();

    /// Returns what differs: `table` is empty for the tables of the rows' types.
    std::string compare(std::string_view table, std::span<const expected_row> expected);
    std::string compare_query(const std::string& query, const std::vector<std::string>& expected);
    /// `type` is empty for any event.
    std::string compare_stop(std::string_view type, std::string_view why);
    std::string compare_parked(std::string_view stream, std::string_view why);

private:
    const projection_run& run();
    std::string told(std::string difference) const;

    std::vector<happening> happened_;
    adder add_;
    delivery delivery_;
    std::shared_ptr<const projection_run> run_;
};

template <class Happened>
void add_happenings(std::vector<happening>& to, std::string_view stream, const Happened& happened) {
    if constexpr (std::is_same_v<Happened, happenings>)
        to.insert(to.end(), happened.all().begin(), happened.all().end());
    else
        to.push_back(happening_of(stream, happened));
}

}  // namespace leftfold::inline v0::testing::detail
