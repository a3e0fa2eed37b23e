#include "sql/event_cursor.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "sql/event_conditions.hpp"

namespace leftfold::inline v0::tools {

namespace {

std::string headers_as_json(headers_view headers) {
    boost::json::array pairs;
    for (const auto& [name, value] : headers) pairs.push_back(boost::json::array{name, value});
    return boost::json::serialize(pairs);
}

}  // namespace

std::string event_cursor::plan(sqlite3_index_info& info) {
    auto plan = take_conditions(info);
    constexpr auto payload_bit = sqlite3_uint64{1} << static_cast<unsigned>(event_column::payload);
    if ((info.colUsed & payload_bit) == 0) plan += '-';
    return plan;
}

void event_cursor::begin(std::string_view plan, std::span<sqlite3_value*> values) {
    event_conditions conditions(shown_);
    for (std::size_t i = 0; i != values.size(); ++i) conditions.add(plan[i], values[i]);
    after_ = conditions.after();
    up_to_ = conditions.up_to();
    filter_ = conditions.filter();
    wanted_ = plan.ends_with('-') ? payloads::skip : payloads::read;
    partition_ = 0;
    fill();
}

void event_cursor::next() {
    if (++next_ == page_.size()) fill();
}

void event_cursor::fill() {
    page_.clear();
    next_ = 0;
    while (page_.empty() && partition_ != up_to_.partitions()) {
        const partition_id at(partition_);
        if (after_.at(at) >= up_to_.at(at)) {
            ++partition_;
            continue;
        }
        const auto end = shown_.store.read_partition(at, after_.at(at), {.up_to = up_to_.at(at)}, filter_, wanted_,
                                                     [&](const event_view& event) {
                                                         page_.add(event);
                                                         return true;
                                                     });
        after_.set(at, end.at_end ? up_to_.at(at) : end.scanned_to);
    }
}

void event_cursor::give(sqlite3_context* to, int column) const {
    const auto& event = page_[next_];
    switch (static_cast<event_column>(column)) {
        case event_column::partition:
            return sqlite3_result_int64(to, event.partition.value());
        case event_column::offset:
            return sqlite3_result_int64(to, event.at.value());
        case event_column::recorded:
            return give_time(to, event.recorded.time());
        case event_column::occurred:
            return give_time(to, event.occurred.time());
        case event_column::category:
            return give_text(to, event.category);
        case event_column::key:
            return give_text(to, event.key);
        case event_column::version:
            return sqlite3_result_int64(to, event.version.value());
        case event_column::type:
            return give_text(to, event.type);
        case event_column::id:
            return give_text(to, to_string(event.id));
        case event_column::headers:
            return give_text(to, headers_as_json(event.metadata));
        case event_column::payload:
            break;
    }
    if (is_utf8(event.payload)) return give_text(to, event.payload);
    sqlite3_result_blob64(to, event.payload.data(), event.payload.size(), SQLITE_TRANSIENT);
}

sqlite3_int64 event_cursor::row() const {
    const auto& event = page_[next_];
    return (static_cast<sqlite3_int64>(event.partition.value()) << 48) + event.at.value();
}

}  // namespace leftfold::inline v0::tools
