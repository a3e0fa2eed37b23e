// The JSON codec beside Boost.JSON's document model with its conversion of described structs: the same values, the same
// text, in one run. Ratios count, absolute figures do not (docs/performance.md).

#include <benchmark/benchmark.h>

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "leftfold/framework/codec.hpp"

namespace {

// 40 bytes of JSON, flat.
struct deposited {
    std::string account = "alice-0042";
    std::int64_t cents = 123'456;
};
BOOST_DESCRIBE_STRUCT(deposited, (), (account, cents))

// 190 bytes, flat, eight members.
struct transferred {
    std::string from = "DE89370400440532013000";
    std::string to = "FR1420041010050500013M02606";
    std::int64_t cents = 1'234'567;
    std::string currency = "EUR";
    std::string reference = "invoice 2026-0315-17";
    std::int64_t at_us = 1'773'567'000'123'456;
    bool express = false;
    std::int32_t attempts = 2;
};
BOOST_DESCRIBE_STRUCT(transferred, (), (from, to, cents, currency, reference, at_us, express, attempts))

// 200 bytes, nested.
struct line {
    std::string sku;
    std::int32_t qty{};
    double price{};
};
BOOST_DESCRIBE_STRUCT(line, (), (sku, qty, price))
struct address {
    std::string city = "Lyon";
    std::string street = "12 rue de la Paix";
};
BOOST_DESCRIBE_STRUCT(address, (), (city, street))
struct ordered {
    std::string customer = "c-10023";
    address deliver_to;
    std::vector<line> lines = {{"A-1001", 2, 19.99}, {"B-2002", 1, 5.5}, {"C-3003", 10, 0.75}};
};
BOOST_DESCRIBE_STRUCT(ordered, (), (customer, deliver_to, lines))

template <class T>
void encode_leftfold(benchmark::State& state) {
    const T value;
    std::string out;
    for (auto _ : state) {
        out.clear();
        leftfold::encode(value, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
    state.SetItemsProcessed(state.iterations());
}

template <class T>
void encode_dom(benchmark::State& state) {
    const T value;
    for (auto _ : state) benchmark::DoNotOptimize(boost::json::serialize(boost::json::value_from(value)));
    state.SetItemsProcessed(state.iterations());
}

template <class T>
void decode_leftfold(benchmark::State& state) {
    const std::string text = leftfold::to_json(T{});
    for (auto _ : state) benchmark::DoNotOptimize(leftfold::decode<T>(text));
    state.SetItemsProcessed(state.iterations());
}

template <class T>
void decode_dom(benchmark::State& state) {
    const std::string text = leftfold::to_json(T{});
    for (auto _ : state) benchmark::DoNotOptimize(boost::json::value_to<T>(boost::json::parse(text)));
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(decode_leftfold<deposited>);
BENCHMARK(decode_dom<deposited>);
BENCHMARK(decode_leftfold<transferred>);
BENCHMARK(decode_dom<transferred>);
BENCHMARK(decode_leftfold<ordered>);
BENCHMARK(decode_dom<ordered>);
BENCHMARK(encode_leftfold<deposited>);
BENCHMARK(encode_dom<deposited>);
BENCHMARK(encode_leftfold<transferred>);
BENCHMARK(encode_dom<transferred>);
BENCHMARK(encode_leftfold<ordered>);
BENCHMARK(encode_dom<ordered>);

}  // namespace

BENCHMARK_MAIN();
