#include "engine_rows.hpp"

namespace leftfold::inline v0::detail {

void engine_rows::read(function_ref<void(reader_pool::reader&)> with) {
    const auto readers = live_.readers();
    const reader_pool::lease reader(*readers);
    with(*reader);
}

void engine_rows::await(recorded_at when) {
    if (board_.holds_all(when)) return;
    board_.wait_until(store_.cut_at(when), {.at_most = as_of_wait_},
                      "asking for the rows as of " + to_rfc3339(when.time()));
}

void engine_rows::await(const moment& then) {
    store_.check(then, {.wait = as_of_wait_});
    board_.wait_until(then.cut(), {.at_most = as_of_wait_},
                      "asking for the rows as of " + to_rfc3339(then.time().time()));
}

}  // namespace leftfold::inline v0::detail
