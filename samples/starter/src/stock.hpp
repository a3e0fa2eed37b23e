#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <leftfold/framework/aggregate.hpp>
#include <stdexcept>
#include <string>

// What can happen to an article in stock. The names are stored with every event: keep them, whatever becomes of the
// structs.

struct received {
    static constexpr auto event_type = "stock.received";
    std::int64_t pieces{};
};
struct taken {
    static constexpr auto event_type = "stock.taken";
    std::int64_t pieces{};
};
BOOST_DESCRIBE_STRUCT(received, (), (pieces))
BOOST_DESCRIBE_STRUCT(taken, (), (pieces))

struct out_of_stock : std::runtime_error {
    out_of_stock(std::int64_t wanted, std::int64_t there)
        : std::runtime_error(std::to_string(wanted) + " wanted, " + std::to_string(there) + " in stock") {}
};

/// One article: its commands decide what happens, and each `apply` says what that changes.
class stock : public leftfold::aggregate<stock, received, taken> {
public:
    static constexpr auto category = "stock";

    void receive(std::int64_t pieces) {
        if (pieces < 1) throw std::invalid_argument("one piece at least");
        raise(received{pieces});
    }
    void take(std::int64_t pieces) {
        if (pieces < 1) throw std::invalid_argument("one piece at least");
        if (pieces > pieces_) throw out_of_stock{pieces, pieces_};
        raise(taken{pieces});
    }

    std::int64_t pieces() const { return pieces_; }

private:
    friend aggregate;
    void apply(const received& e) { pieces_ += e.pieces; }
    void apply(const taken& e) { pieces_ -= e.pieces; }

    std::int64_t pieces_{};
    BOOST_DESCRIBE_CLASS(stock, (), (), (), (pieces_))
};
