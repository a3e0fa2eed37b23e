// A branch of a store of ten million events: making it, and the first command on it.

#include "leftfold/storage/fork.hpp"

#include <algorithm>

#include "appending.hpp"
#include "cases.hpp"
#include "random_time.hpp"

namespace bench {

namespace {

result in_ms(std::string name, std::string bound, const run& made, double most) {
    auto one = at_most(std::move(name), std::move(bound), quantile(made.latencies_us, 0.5) / 1'000, most);
    one.p50_us = quantile(made.latencies_us, 0.5);
    one.p99_us = quantile(made.latencies_us, 0.99);
    return one;
}

}  // namespace

std::vector<result> forks(workshop& in) {
    const auto path = in.fresh_path("trunk.store");
    const auto streams = std::max<std::int64_t>(1, in.chosen().many_events / events_a_stream);
    fill_store(path, in.chosen().many_events, streams, 4);
    auto trunk = open_store(path, 4);
    random_time any(trunk);
    workload load(streams, 3);
    const auto made = repeat_for(2 * in.chosen().seconds, [&] {
        leftfold::fork(trunk, any.next(), in.fresh_path("fork.store"));
        return 1.0;
    });
    run used;
    for (int i = 0; i != 2 * in.chosen().rounds; ++i) {
        auto branch = leftfold::fork(trunk, any.next(), in.fresh_path("fork.store"));
        const stopwatch since;
        branch.append({load.next_append()});
        used.latencies_us.push_back(static_cast<float>(since.micros()));
    }
    return {in_ms("fork_10m", "50 ms", made, 50), in_ms("fork_10m_first_append", "200 ms", used, 200)};
}

}  // namespace bench
