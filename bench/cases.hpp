#pragma once
// Each case of the table in docs/performance.md.

#include <vector>

#include "workshop.hpp"

namespace bench {

std::vector<result> append_1x1(workshop& in);
std::vector<result> append_1x100(workshop& in);
std::vector<result> append_64_async(workshop& in);
std::vector<result> append_64_threads(workshop& in);
std::vector<result> append_512_4p(workshop& in);
std::vector<result> append_steady(workshop& in);
std::vector<result> durability_levels(workshop& in);
std::vector<result> execute_resident(workshop& in);

std::vector<result> load_1000(workshop& in);
std::vector<result> catchup_envelope(workshop& in);
std::vector<result> catchup_typed(workshop& in);
std::vector<result> catchup_table(workshop& in);
std::vector<result> catchup_lanes(workshop& in);
std::vector<result> rebuild_table(workshop& in);
std::vector<result> catchup_history(workshop& in);
std::vector<result> end_to_end(workshop& in);

std::vector<result> codec(workshop& in);

std::vector<result> as_of_long_stream(workshop& in);
std::vector<result> as_of_read_model(workshop& in);

std::vector<result> large_store(workshop& in);
std::vector<result> forks(workshop& in);

}  // namespace bench
