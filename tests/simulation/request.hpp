#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/storage/append.hpp"
#include "simulation/chance.hpp"

namespace leftfold::simulation {

/// An append that some client wants stored, and what has become of it.
struct request {
    std::vector<stream_append> streams;
    std::size_t events = 0;
    bool has_ids = true;  ///< without, the store makes the ids, and nobody can ask again

    int in_flight = 0;                 ///< sent and not answered
    bool is_doubtful = false;          ///< it was sent, and the answer was lost or unknown
    bool is_answered = false;          ///< stored or refused, for good
    int first_outcomes = 0;            ///< answers that said "stored now"
    std::optional<position> stored{};  ///< where its first event stands
};

/// The streams that the clients of a run append to. Some share a routing key, so that one append may go to both.
struct stream_names {
    std::uint64_t accounts = 16;

    stream_id account(std::uint64_t number) const { return {"account", "{owner" + std::to_string(number) + "}"}; }
    stream_id ledger(std::uint64_t number) const { return {"ledger", "{owner" + std::to_string(number) + "}"}; }
};

/// Draws the events of request `number`. Each says in its payload whose it is: `{"request":17,…`.
request draw_request(std::int64_t number, const stream_names& names, chance& luck);

/// Reads the number back; -1 where there is none.
std::int64_t request_number(std::string_view payload);
/// Reads the number of the request that an event of the process answers, `{"answers":17}`; -1 where it is none.
std::int64_t answered_number(std::string_view payload);

}  // namespace leftfold::simulation
