#include "live_rows.hpp"

#include <fmt/format.h>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

void live_rows::read(function_ref<void(reader_pool::reader&)> with) {
    const reader_pool::lease reader(pool_);
    with(*reader);
}

void live_rows::await(recorded_at when) { check_folded(store_.cut_at(when), when); }

void live_rows::await(const moment& then) {
    store_.check(then);
    check_folded(then.cut(), then.time());
}

void live_rows::check_folded(const cut& where, recorded_at when) const {
    if (!of_.at.covers(where))
        throw error(errc::behind, fmt::format("asking for the rows as of {}: they were folded through {}",
                                              to_rfc3339(when.time()), to_rfc3339(of_.through.time())));
}

}  // namespace leftfold::inline v0::detail
