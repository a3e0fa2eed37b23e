#pragma once
// Money that moves between pockets: in every state of the rows there are as many pockets as ever, and nothing in sum.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "leftfold/framework/codec.hpp"
#include "leftfold/projections/projection_engine.hpp"
#include "leftfold/storage/event_store.hpp"

namespace pockets {

constexpr std::int64_t count = 8;

struct sewn {
    static constexpr auto event_type = "pockets.sewn";
    std::int64_t number{};
};
struct moved {
    static constexpr auto event_type = "pockets.moved";
    std::int64_t from{};
    std::int64_t to{};
    std::int64_t cents{};
};
BOOST_DESCRIBE_STRUCT(sewn, (), (number))
BOOST_DESCRIBE_STRUCT(moved, (), (from, to, cents))

struct pocket {
    std::int64_t number{};
    std::int64_t cents{};
    std::int64_t moves{};
};
BOOST_DESCRIBE_STRUCT(pocket, (), (number, cents, moves))

/// The second revision mends the first, which loses a cent with each move.
template <int Revision>
class model : public leftfold::projection<model<Revision>, sewn, moved> {
public:
    static constexpr auto projection_name = "pockets";
    static constexpr int revision = Revision;
    leftfold::table<pocket, &pocket::number> rows{*this, "pockets", {.history = true}};
    void on(const sewn& e) { rows.insert({e.number, 0, 0}); }
    void on(const moved& e) {
        rows.at(e.from).cents -= e.cents;
        rows.at(e.to).cents += Revision == 1 ? e.cents - 1 : e.cents;
        ++rows.at(e.to).moves;
    }
};
using broken = model<1>;
using mended = model<2>;

template <class Event>
leftfold::position append(leftfold::event_store& store, std::int64_t stream, const Event& event) {
    leftfold::event_data data;
    data.type = Event::event_type;
    leftfold::encode(event, data.payload);
    return store.append({"pocket", "p" + std::to_string(stream)}, leftfold::expected_version::any(), {data})
        .value()
        .position;
}

inline void sew(leftfold::event_store& store) {
    for (std::int64_t i = 0; i != count; ++i) append(store, i, sewn{i});
}

/// Eight who move money, each on a thread of its own, until all have moved as often as told.
class writers {
public:
    writers(leftfold::event_store& store, int moves) {
        for (std::int64_t from = 0; from != count; ++from)
            threads_.emplace_back([&store, moves, from] {
                for (int i = 0; i != moves; ++i) append(store, from, moved{from, (from + 1 + i % 7) % count, 1 + i});
            });
    }
    ~writers() { finish(); }
    writers(const writers&) = delete;
    writers& operator=(const writers&) = delete;

    void finish() {
        for (auto& each : threads_)
            if (each.joinable()) each.join();
    }

private:
    std::vector<std::thread> threads_;
};

/// Looks at one answer after another: each must be whole, and not older than the one before.
class witness {
public:
    /// Returns how many moves are in it.
    std::int64_t look(std::int64_t pockets, std::int64_t cents, std::int64_t moves) {
        if (pockets != count || cents != 0 || moves < last_) ++wrong_;
        last_ = moves;
        return moves;
    }
    std::int64_t look(const std::vector<pocket>& rows) {
        std::int64_t cents = 0;
        std::int64_t moves = 0;
        for (const auto& each : rows) {
            cents += each.cents;
            moves += each.moves;
        }
        return look(static_cast<std::int64_t>(rows.size()), cents, moves);
    }
    int wrong() const { return wrong_; }

private:
    std::int64_t last_ = 0;
    int wrong_ = 0;
};

}  // namespace pockets
