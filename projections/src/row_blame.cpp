#include "leftfold/projections/row_blame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

namespace {

/// Goes backward through a row's versions, and keeps for each column the time at which it last became what it is.
class column_times {
public:
    explicit column_times(std::size_t columns) : times_(columns) {}

    /// Takes the next older version. Returns false when nothing is left to be found.
    bool take(const any_table::version& older) {
        if (newest_.empty()) newest_ = older.row;
        const bool was_absent = !newer_.row.empty() && older.until != newer_.from;
        bool all = true;
        for (std::size_t i = 0; i != times_.size(); ++i) {
            if (!times_[i] && !newer_.row.empty() && (was_absent || older.row[i] != newer_.row[i]))
                times_[i] = newer_.from;
            all = all && times_[i].has_value();
        }
        newer_ = older;
        return !all;
    }

    /// There is no older version: what is left was set when the row was inserted.
    void end() {
        for (auto& each : times_)
            if (!each) each = newer_.from;
    }

    const std::vector<std::optional<recorded_at>>& times() const { return times_; }
    const any_table::cells& newest() const { return newest_; }
    recorded_at oldest() const { return newer_.from; }

private:
    std::vector<std::optional<recorded_at>> times_;
    any_table::version newer_{};
    any_table::cells newest_{};
};

blamed blame_on(event_store& store, const any_table& rows, std::string path, std::optional<std::string> value,
                recorded_at when) {
    const auto event = event_recorded_at(store, when);
    if (!event)
        throw error(errc::not_found,
                    fmt::format("blaming a change of table {} on the event recorded at {}: store {} has none",
                                rows.name(), to_rfc3339(when.time()), to_string(store.id())));
    return {rows.name(), std::move(path), std::move(value), origin_of(event->view())};
}

std::string path_of(std::string_view column) { return "$." + std::string(column); }

std::size_t number_of(const any_table& rows, std::string_view column) {
    const auto all = rows.columns();
    const auto found = std::find(all.begin(), all.end(), column);
    if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
    throw error(errc::invalid_argument,
                fmt::format("blaming column {} of table {}, which has {}", column, rows.name(), fmt::join(all, ", ")));
}

/// Blames the columns that are chosen; all when none is.
std::vector<blamed> blame_columns(event_store& store, const any_table& rows, std::string_view key,
                                  std::optional<std::size_t> chosen, const row_blame_options& options) {
    const auto at = options.at.value_or(recorded_at::max());
    if (options.at) rows.await(*options.at);
    const auto names = rows.columns();
    column_times found(names.size());
    std::optional<recorded_at> deleted;
    bool is_whole = true;
    rows.for_each_version(key, [&](const any_table::version& was) {
        if (was.from > at) return true;
        if (found.newest().empty() && was.until <= at && was.until != recorded_at::max()) {
            deleted = was.until;
            return false;
        }
        is_whole = found.take(was);
        return is_whole;
    });
    if (deleted) return {blame_on(store, rows, "$", std::nullopt, *deleted)};
    if (found.newest().empty()) return {};
    if (is_whole && found.oldest() > rows.begins()) found.end();
    std::vector<blamed> all;
    for (std::size_t i = 0; i != names.size(); ++i)
        if (found.times()[i] && chosen.value_or(i) == i)
            all.push_back(blame_on(store, rows, path_of(names[i]), found.newest()[i], *found.times()[i]));
    return all;
}

}  // namespace

std::vector<blamed> blame(event_store& store, const any_table& rows, std::string_view key,
                          const row_blame_options& options) {
    return blame_columns(store, rows, key, std::nullopt, options);
}

std::optional<blamed> blame(event_store& store, const any_table& rows, std::string_view key, std::string_view column,
                            const row_blame_options& options) {
    auto found = blame_columns(store, rows, key, number_of(rows, column), options);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::optional<recorded_event> event_recorded_at(event_store& store, recorded_at when) {
    std::optional<recorded_event> found;
    for (std::uint32_t p = 0; p != store.partitions() && !found; ++p) {
        const auto at = store.offset_at(partition_id(p), when);
        if (at == offset{}) continue;
        store.read_at(partition_id(p), std::span(&at, 1), payloads::read, [&](const event_view& event) {
            if (event.recorded == when) found.emplace(event);
            return true;
        });
    }
    return found;
}

}  // namespace leftfold::inline v0
