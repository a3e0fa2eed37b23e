#pragma once
// The questions that a table answers, about its rows as they are or as they were.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "leftfold/projections/table_core.hpp"

namespace leftfold::inline v0 {

/// Bounds what one read of a table gives.
struct scan_options {
    /// The most rows. There may be more: to see all of them, use for_each.
    std::size_t limit = 10'000;
};

namespace detail {

template <class Member>
struct member_of_row;
template <class Row, class Member>
struct member_of_row<Member Row::*> {
    using row = Row;
    using type = Member;
};
template <auto Member>
using column_type = typename member_of_row<decltype(Member)>::type;

/// Reads rows, as they are or as they were: what a table and its as-of view have in common.
template <class Row, class Key>
class table_reader {
public:
    table_reader(const table_core& of, std::optional<recorded_at> when) : core_(&of), when_(when) {}

    std::optional<Row> find(const Key& key) const {
        std::optional<Row> found;
        core_->side().select(
            core_->query(wanted::one, axis_()),
            [&](cell_writer& out) {
                core_->type().write_key(&key, out);
                bind_time(out);
            },
            [&](cell_reader& in) {
                found = read_row<Row>(in);
                return false;
            });
        return found;
    }

    std::vector<Row> first(std::size_t limit) const {
        return rows(core_->query(wanted::first, axis_()), limit, [](cell_writer&) {});
    }

    std::vector<Row> after(const Key& key, std::size_t limit) const {
        return rows(core_->query(wanted::after, axis_()), limit,
                    [&](cell_writer& out) { core_->type().write_key(&key, out); });
    }

    std::vector<Row> range(const Key& from, const Key& before, std::size_t limit) const {
        return rows(core_->query(wanted::range, axis_()), limit, [&](cell_writer& out) {
            core_->type().write_key(&from, out);
            core_->type().write_key(&before, out);
        });
    }

    template <class Value>
    std::vector<Row> equal(std::size_t column, const Value& value, std::size_t limit) const {
        return rows(core_->query_equal(column, axis_()), limit,
                    [&](cell_writer& out) { write_cell(out, value, core_->type().columns[column].name); });
    }

    std::int64_t count() const {
        std::int64_t counted = 0;
        core_->side().select(
            core_->query(wanted::count, axis_()), [&](cell_writer& out) { bind_time(out); },
            [&](cell_reader& in) {
                counted += in.integer();
                return true;
            });
        return counted;
    }

    /// Visits all rows in pages, so that no read stays open longer than a page.
    template <auto KeyMember, class Visitor>
    void for_each(Visitor&& visit) const {
        constexpr std::size_t page = 1'000;
        for (auto rows = first(page);; rows = after(std::invoke(KeyMember, rows.back()), page)) {
            for (const auto& row : rows) visit(row);
            if (rows.size() < page) return;
        }
    }

private:
    axis axis_() const { return when_ ? axis::as_of : axis::now; }
    void bind_time(cell_writer& out) const {
        if (when_) out.integer(when_->micros());
    }
    template <class Bind>
    std::vector<Row> rows(const std::string& query, std::size_t limit, Bind&& bind) const {
        std::vector<Row> found;
        core_->side().select(
            query,
            [&](cell_writer& out) {
                bind(out);
                out.integer(static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
                bind_time(out);
            },
            [&](cell_reader& in) {
                found.push_back(read_row<Row>(in));
                return true;
            });
        return found;
    }

    const table_core* core_;
    std::optional<recorded_at> when_;
};

}  // namespace detail
}  // namespace leftfold::inline v0
