#pragma once
// What the benchmarks store: changes of items, about 190 bytes of JSON each, over many random streams.

#include <boost/describe.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "leftfold/framework/aggregate.hpp"
#include "leftfold/storage/append.hpp"

namespace bench {

struct item_changed {
    static constexpr auto event_type = "item.changed";
    std::string from = "DE89370400440532013000";
    std::string to = "FR1420041010050500013M02606";
    std::int64_t cents = 1'234'567;
    std::string currency = "EUR";
    std::string reference = "invoice 2026-0315-17";
    std::int64_t at_us = 1'773'567'000'123'456;
    bool express = false;
    std::int32_t attempts = 2;
};
BOOST_DESCRIBE_STRUCT(item_changed, (), (from, to, cents, currency, reference, at_us, express, attempts))

class item : public leftfold::aggregate<item, item_changed> {
public:
    static constexpr auto category = "item";
    void change(std::int64_t cents) { raise(item_changed{.cents = cents}); }
    std::int64_t cents() const { return cents_; }
    std::int64_t changes() const { return changes_; }

private:
    friend aggregate;
    void apply(const item_changed& e) {
        cents_ += e.cents;
        ++changes_;
    }
    std::int64_t cents_{};
    std::int64_t changes_{};
    BOOST_DESCRIBE_CLASS(item, (), (), (), (cents_, changes_))
};

/// Chooses streams at random, by a fixed seed.
class workload {
public:
    explicit workload(std::int64_t streams, std::uint64_t seed = 1);
    /// With payloads of so many bytes, which are no item_changed.
    workload(std::int64_t streams, std::uint64_t seed, std::size_t payload_bytes);

    std::int64_t streams() const { return streams_; }
    std::string next_key();
    /// An event for a random stream, or a whole batch for one.
    leftfold::stream_append next_append(std::size_t events = 1);

private:
    std::int64_t streams_;
    std::mt19937_64 random_;
    std::string payload_;
};

std::string key_of(std::int64_t stream);

}  // namespace bench
