// The JSON codec beside Boost.JSON's document model with its conversion of described structs: the same values, the same
// text, in one run. Ratios count, absolute figures do not (docs/performance.md).

#include <benchmark/benchmark.h>

#include <boost/json.hpp>
#include <string>

#include "codec_values.hpp"
#include "domain.hpp"
#include "leftfold/framework/codec.hpp"

namespace {

using bench::deposited, bench::item_changed, bench::ordered;

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
BENCHMARK(decode_leftfold<item_changed>);
BENCHMARK(decode_dom<item_changed>);
BENCHMARK(decode_leftfold<ordered>);
BENCHMARK(decode_dom<ordered>);
BENCHMARK(encode_leftfold<deposited>);
BENCHMARK(encode_dom<deposited>);
BENCHMARK(encode_leftfold<item_changed>);
BENCHMARK(encode_dom<item_changed>);
BENCHMARK(encode_leftfold<ordered>);
BENCHMARK(encode_dom<ordered>);

}  // namespace

BENCHMARK_MAIN();
