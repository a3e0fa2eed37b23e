#include "whole_cut.hpp"

#include <algorithm>
#include <string>

#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/error.hpp"
#include "store_core.hpp"

namespace leftfold::inline v0 {

cut whole_cut(event_store& store, std::string_view doing) {
    const auto closed = store.closed_cut();
    if (closed.covers(store.heads())) return closed;
    auto last = recorded_at::min();
    for (std::uint32_t p = 0; p != store.partitions(); ++p)
        last = std::max(last, store.head_of(partition_id(p)).recorded);
    const auto report = seal(store);
    const bool is_closed = report.status == seal_status::sealed
                               ? store.closed() >= last
                               : store.core()->wait_until_closed(last, store.limits().as_of_wait);
    if (is_closed) return store.closed_cut();
    throw error(errc::not_closed, std::string(doing) + ", of which more is stored than anybody can say is closed" +
                                      (report.detail.empty() ? "" : ": " + report.detail));
}

}  // namespace leftfold::inline v0
