#include "model_comparison.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <compare>
#include <set>
#include <utility>

#include "leftfold/projections/table_core.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "ordered_rows.hpp"
#include "projection_access.hpp"
#include "shown_row.hpp"
#include "sql_text.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// A cell for people: a text without its quotes.
std::string plain(const std::string& cell) { return cell.starts_with('"') ? cell.substr(1, cell.size() - 2) : cell; }

/// Goes through both sides of one table together.
class table_comparison {
public:
    table_comparison(const sql_rows& of, const verify_projection_options& options, projection_report& report)
        : of_(of), options_(options), report_(report) {}

    void run(sqlite::connection& expected, sqlite::connection& found) {
        if (options_.stream) know_keys(expected);
        ordered_rows should(expected, of_, options_.key);
        ordered_rows is(found, of_, options_.key);
        while (!should.is_at_end() || !is.is_at_end()) {
            const auto order = should.is_at_end() ? std::weak_ordering::greater
                               : is.is_at_end()   ? std::weak_ordering::less
                                                  : should <=> is;
            judge(order <= 0 ? &should : nullptr, order >= 0 ? &is : nullptr);
            if (order <= 0) should.step();
            if (order >= 0) is.step();
        }
    }

private:
    /// Of one stream's events it is known only which rows they touch: those of these keys.
    void know_keys(sqlite::connection& expected) {
        const auto& key = of_.columns[of_.key.front()];
        for (const auto& name : of_.family) {
            sqlite::statement keys(expected, sql_text("SELECT ").name(key).add(" FROM ").name(name).text());
            while (keys.step()) known_keys_.insert(show_row(keys).front());
        }
    }

    bool is_chosen(const std::string& key) const {
        if (options_.stream && !known_keys_.contains(key)) return false;
        if (options_.one_key_in <= 1) return true;
        const auto drawn = static_cast<std::uint32_t>(murmur2(fmt::format("{} {}", options_.seed, key)));
        return drawn % options_.one_key_in == 0;
    }

    void count(bool should_be, bool is) {
        if (options_.stream || options_.key) return;
        if (should_be) ++report_.expected_rows;
        if (is) ++report_.found_rows;
    }

    /// Compares a row that should be with the one that is; one of them may not be there.
    void judge(const ordered_rows* should, const ordered_rows* is) {
        const bool are_both = should != nullptr && is != nullptr;
        if (compares_all_ && are_both && should->is_same_as(*is)) {
            count(true, true);
            ++report_.rows;
            return;
        }
        const auto expected = should == nullptr ? std::vector<std::string>() : should->shown();
        const auto found = is == nullptr ? std::vector<std::string>() : is->shown();
        const auto& key = (should == nullptr ? found : expected)[of_.key.front()];
        if (!is_chosen(key)) return count(should != nullptr, is != nullptr);
        ++report_.rows;
        if (expected == found) return count(true, true);
        const bool is_listed = report_.drifts.size() < options_.drifts_max;
        if (options_.expected || is_listed) {
            auto one = drift_between(should, is, expected, found);
            if (options_.expected && options_.expected(one)) {
                ++report_.expected;
                if (are_both) count(true, true);  // one that is there by intention is none too many
                return;
            }
            if (is_listed) report_.drifts.push_back(std::move(one));
        }
        ++report_.differing;
        count(should != nullptr, is != nullptr);
    }

    drift drift_between(const ordered_rows* should, const ordered_rows* is, const std::vector<std::string>& expected,
                        const std::vector<std::string>& found) const {
        const auto& key = (should == nullptr ? found : expected)[of_.key.front()];
        drift one{.what = is == nullptr       ? drift::kind::missing
                          : should == nullptr ? drift::kind::extra
                                              : drift::kind::changed,
                  .table = of_.table,
                  .key = plain(key),
                  .columns = {}};
        if (of_.is_past())
            one.until = recorded_at::from_micros((should == nullptr ? is : should)->number(of_.key.back()));
        for (std::size_t i = 0; i != of_.columns.size(); ++i) {
            drift::column column{of_.columns[i], expected.empty() ? "" : expected[i], found.empty() ? "" : found[i]};
            if (column.expected != column.found) one.columns.push_back(std::move(column));
        }
        return one;
    }

    const sql_rows& of_;
    const verify_projection_options& options_;
    projection_report& report_;
    const bool compares_all_ = !options_.stream && options_.one_key_in <= 1;
    std::set<std::string> known_keys_;
};

const sql_rows& healable(const std::vector<sql_rows>& all, const projection_base& of, std::string_view table) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const sql_rows& each) { return each.name == table; });
    const auto& parts = projection_access::parts(of);
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const auto* each) { return each->name() == table; });
    const auto doing = [&] {
        return fmt::format("healing a row of table {} of projection {}", table, projection_access::type(of).name);
    };
    if (found == all.end() || part == parts.end()) throw error(errc::not_found, doing() + ": it has no such table");
    if (dynamic_cast<const table_core*>(*part) == nullptr)
        throw error(errc::unsupported, doing() + ": it is written in SQL, so nobody knows its rows by a key");
    return *found;
}

/// Copies what one table has under a key over what the other has.
void replace(const std::string& table, const std::string& key_column, std::string_view key,
             sqlite::connection& expected, sqlite::connection& to) {
    const auto with_key = [&](std::string_view verb) {
        return sql_text(verb).name(table).add(" WHERE ").name(key_column).add(" = ?1").text();
    };
    sqlite::statement erase(to, with_key("DELETE FROM "));
    erase.bind_text(1, key).run();
    sqlite::statement rows(expected, with_key("SELECT * FROM "));
    rows.bind_text(1, key);
    const int columns = sqlite3_column_count(rows.handle());
    sql_text values("INSERT INTO ");
    values.name(table).add(" VALUES (");
    for (int i = 0; i != columns; ++i) values.add(i == 0 ? "?" : ", ?");
    sqlite::statement put(to, values.add(")").text());
    while (rows.step()) {
        for (int i = 0; i != columns; ++i)
            sqlite3_bind_value(put.handle(), i + 1, sqlite3_column_value(rows.handle(), i));
        put.run();
    }
}

}  // namespace

void compare_models(const projection_base& of, std::string_view table, sqlite::connection& expected,
                    sqlite::connection& found, const verify_projection_options& options, projection_report& report) {
    for (const auto& each : rows_of(of, expected))
        if (table.empty() || each.table == table) table_comparison(each, options, report).run(expected, found);
}

void check_healable(const projection_base& of, std::string_view table, sqlite::connection& expected) {
    (void)healable(rows_of(of, expected), of, table);
}

void replace_row(const projection_base& of, std::string_view table, std::string_view key, sqlite::connection& expected,
                 sqlite::connection& to) {
    const auto all = rows_of(of, expected);
    const auto& rows = healable(all, of, table);
    for (const auto& name : rows.family) replace(name, rows.columns[rows.key.front()], key, expected, to);
}

}  // namespace leftfold::inline v0::detail
