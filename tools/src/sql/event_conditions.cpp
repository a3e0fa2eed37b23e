#include "sql/event_conditions.hpp"

#include <algorithm>
#include <limits>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

struct taken_condition {
    event_column column;
    unsigned char op;
    char letter;
};

constexpr taken_condition all_taken[] = {
    {event_column::partition, SQLITE_INDEX_CONSTRAINT_EQ, 'p'},
    {event_column::category, SQLITE_INDEX_CONSTRAINT_EQ, 'c'},
    {event_column::type, SQLITE_INDEX_CONSTRAINT_EQ, 't'},
    {event_column::offset, SQLITE_INDEX_CONSTRAINT_EQ, 'o'},
    {event_column::offset, SQLITE_INDEX_CONSTRAINT_GT, 'g'},
    {event_column::offset, SQLITE_INDEX_CONSTRAINT_GE, 'G'},
    {event_column::offset, SQLITE_INDEX_CONSTRAINT_LT, 'l'},
    {event_column::offset, SQLITE_INDEX_CONSTRAINT_LE, 'L'},
    {event_column::recorded, SQLITE_INDEX_CONSTRAINT_EQ, '='},
    {event_column::recorded, SQLITE_INDEX_CONSTRAINT_GT, '>'},
    {event_column::recorded, SQLITE_INDEX_CONSTRAINT_GE, ']'},
    {event_column::recorded, SQLITE_INDEX_CONSTRAINT_LT, '<'},
    {event_column::recorded, SQLITE_INDEX_CONSTRAINT_LE, '['},
};

const taken_condition* taken(int column, unsigned char op) {
    const auto* found = std::ranges::find_if(all_taken, [&](const taken_condition& each) {
        return static_cast<int>(each.column) == column && each.op == op;
    });
    return found == std::end(all_taken) ? nullptr : found;
}

/// Whether a condition compares as the store does. `COLLATE NOCASE` lets more through, and is SQLite's to judge.
bool compares_bytes(sqlite3_index_info& info, int condition) {
    const std::string_view collation = sqlite3_vtab_collation(&info, condition);
    return collation == "BINARY";
}

std::string text_of(sqlite3_value* value) {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

/// The instant one microsecond earlier; the first there is stays the first.
recorded_at before(recorded_at when) {
    return when == recorded_at::min() ? when : recorded_at::from_micros(when.micros() - 1);
}

}  // namespace

std::string take_conditions(sqlite3_index_info& info) {
    std::string plan;
    for (int i = 0; i != info.nConstraint; ++i) {
        const auto& given = info.aConstraint[i];
        const auto* condition = given.usable != 0 ? taken(given.iColumn, given.op) : nullptr;
        if (condition == nullptr || !compares_bytes(info, i)) continue;
        plan += condition->letter;
        info.aConstraintUsage[i].argvIndex = static_cast<int>(plan.size());
        info.aConstraintUsage[i].omit = condition->column == event_column::recorded ? 1 : 0;
    }
    // Each condition that bounds the scan counts as a sixteenth of it.
    constexpr double whole_scan = 1e9;
    info.estimatedCost = whole_scan / static_cast<double>(1 << (4 * std::min<std::size_t>(plan.size(), 6)));
    return plan;
}

event_conditions::event_conditions(shown_store& shown)
    : shown_(shown), after_(shown.as_of.partitions()), up_to_(shown.as_of) {}

void event_conditions::add(char letter, sqlite3_value* value) {
    if (sqlite3_value_type(value) == SQLITE_NULL) return keep_nothing();  // nothing compares with NULL
    switch (letter) {
        case 'c':
            return filter_.categories.push_back(text_of(value));
        case 't':
            return filter_.types.push_back(text_of(value));
        case '=':
        case '>':
        case ']':
        case '<':
        case '[':
            return add_time(letter, recorded_at(parse_time(text_of(value))));
        default:
            break;
    }
    // What is no whole number ("offset" < 2.5) bounds nothing here, and SQLite compares it with each row.
    if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER) add_number(letter, sqlite3_value_int64(value));
}

void event_conditions::add_number(char letter, std::int64_t number) {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    const auto one_less = number == least ? least : number - 1;
    switch (letter) {
        case 'p':
            return only_partition(number);
        case 'o':
            keep_up_to(number);
            return skip_to(one_less);
        case 'g':
            return skip_to(number);
        case 'G':
            return skip_to(one_less);
        case 'l':
            return keep_up_to(one_less);
        default:
            return keep_up_to(number);
    }
}

void event_conditions::add_time(char letter, recorded_at when) {
    switch (letter) {
        case '=':
            keep_recorded_up_to(when);
            return skip_recorded_to(before(when));
        case '>':
            return skip_recorded_to(when);
        case ']':
            return skip_recorded_to(before(when));
        case '<':
            return keep_recorded_up_to(before(when));
        default:
            return keep_recorded_up_to(when);
    }
}

void event_conditions::only_partition(std::int64_t number) {
    for (std::uint32_t p = 0; p != up_to_.partitions(); ++p)
        if (p != number) up_to_.set(partition_id(p), after_.at(partition_id(p)));
}

void event_conditions::keep_up_to(std::int64_t last) {
    for (std::uint32_t p = 0; p != up_to_.partitions(); ++p)
        up_to_.set(partition_id(p), std::min(up_to_.at(partition_id(p)), offset(std::max<std::int64_t>(last, 0))));
}

void event_conditions::skip_to(std::int64_t before_first) {
    for (std::uint32_t p = 0; p != after_.partitions(); ++p)
        after_.set(partition_id(p),
                   std::max(after_.at(partition_id(p)), offset(std::max<std::int64_t>(before_first, 0))));
}

void event_conditions::keep_recorded_up_to(recorded_at last) {
    for (std::uint32_t p = 0; p != up_to_.partitions(); ++p) {
        const partition_id at(p);
        up_to_.set(at, std::min(up_to_.at(at), shown_.store.offset_at(at, last)));
    }
}

void event_conditions::skip_recorded_to(recorded_at before_first) {
    for (std::uint32_t p = 0; p != after_.partitions(); ++p) {
        const partition_id at(p);
        after_.set(at, std::max(after_.at(at), shown_.store.offset_at(at, before_first)));
    }
}

}  // namespace leftfold::inline v0::tools
