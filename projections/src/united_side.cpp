#include "united_side.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>

#include "leftfold/projections/table_core.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "projection_access.hpp"
#include "row_source.hpp"
#include "sqlite/sqlite_log.hpp"
#include "statement_cells.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// Takes what a query is asked with, as text.
class asked_with final : public cell_writer {
public:
    void null() override { all_.emplace_back(); }
    void integer(std::int64_t value) override { all_.push_back(std::to_string(value)); }
    void real(double) override { all_.emplace_back(); }
    void text(std::string_view value) override { all_.emplace_back(value); }
    void blob(std::string_view) override { all_.emplace_back(); }
    std::string& scratch() override {
        scratch_.clear();
        return scratch_;
    }

    const std::vector<std::string>& all() const { return all_; }

private:
    std::vector<std::string> all_;
    std::string scratch_;
};

/// One partition's rows of a query, in order.
class ordered_query {
public:
    ordered_query(reader_pool& from, const std::string& sql, cell_binder bind, std::size_t key)
        : reader_(from), query_(reader_->prepared(sql)), end_(query_), out_(query_), key_(static_cast<int>(key)) {
        bind(out_);
        next();
    }

    bool has_row() const { return has_row_; }
    void next() { has_row_ = query_.step(); }
    sqlite::statement& row() { return query_; }

    /// As SQLite orders keys: numbers by value, text by its bytes.
    bool is_before(const ordered_query& other) const {
        if (sqlite3_column_type(query_.handle(), key_) == SQLITE_INTEGER)
            return query_.number(key_) < other.query_.number(key_);
        return query_.text(key_) < other.query_.text(key_);
    }

private:
    reader_pool::lease reader_;
    sqlite::statement& query_;
    sqlite::reset_at_end end_;
    statement_writer out_;  // what is bound stays where it is
    int key_;
    bool has_row_ = false;
};

}  // namespace

united_side::united_side(event_store& store, const projection_base& of) : store_(store.core()) {
    const auto& place = dynamic_cast<sqlite::sqlite_log&>(store_.log()).place();
    for (std::uint32_t p = 0; p != store_.partitions(); ++p)
        partitions_.push_back(
            std::make_unique<reader_pool>(model_place(place.partition_file(partition_id(p)), place.vfs)));
    plan_queries(of);
}

void united_side::plan_queries(const projection_base& of) {
    for (const auto* part : projection_access::parts(of)) {
        const auto& table = dynamic_cast<const table_core&>(*part);
        for (const auto when : {axis::now, axis::as_of}) {
            if (when == axis::as_of && !table.options().history) continue;
            const plan ordered{kind::ordered, table.type().key, when == axis::as_of ? std::size_t{1} : 0};
            plans_[table.query(wanted::one, when)] = {.what = kind::one};
            plans_[table.query(wanted::count, when)] = {.what = kind::count};
            for (const auto what : {wanted::first, wanted::after, wanted::range})
                plans_[table.query(what, when)] = ordered;
            if (when == axis::as_of) plans_[table.query_versions()] = {.what = kind::one};
            for (std::size_t i = 0; i != table.type().columns.size(); ++i) plans_[table.query_equal(i, when)] = ordered;
        }
    }
}

void united_side::select(const std::string& sql, cell_binder bind, cell_visitor row) {
    const auto known = plans_.find(sql);
    if (known == plans_.end())
        throw error(errc::unsupported, "running \"" + sql + "\" over the rows of several partitions");
    const auto& by = known->second;
    if (by.what == kind::count) {
        for (std::size_t p = 0; p != partitions_.size(); ++p) select_in(p, sql, bind, row);
        return;
    }
    asked_with asked;
    bind(asked);
    if (by.what == kind::one) {
        const auto routed = partition_for(routing_key(asked.all().front()), store_.partitions());
        return select_in(routed.value(), sql, bind, row);
    }
    const auto& limit = asked.all()[asked.all().size() - 1 - by.limit_before_end];
    std::size_t most = 0;
    std::from_chars(limit.data(), limit.data() + limit.size(), most);
    select_merged(by, most, sql, bind, row);
}

void united_side::select_in(std::size_t partition, const std::string& sql, cell_binder bind, cell_visitor row) {
    const reader_pool::lease reader(*partitions_[partition]);
    visit_rows(reader->prepared(sql), bind, row);
}

void united_side::select_merged(const plan& by, std::size_t limit, const std::string& sql, cell_binder bind,
                                cell_visitor row) {
    std::vector<std::unique_ptr<ordered_query>> open;
    for (const auto& each : partitions_) open.push_back(std::make_unique<ordered_query>(*each, sql, bind, by.key));
    for (std::size_t given = 0; given != limit; ++given) {
        std::erase_if(open, [](const auto& each) { return !each->has_row(); });
        const auto first =
            std::ranges::min_element(open, [](const auto& a, const auto& b) { return a->is_before(*b); });
        if (first == open.end()) return;
        statement_reader in((*first)->row());
        if (!row(in)) return;
        (*first)->next();
    }
}

void united_side::execute(const std::string& sql, cell_binder) {
    throw error(errc::read_only, "running \"" + sql + "\" outside `on`");
}

std::unique_ptr<row_statement> united_side::writer(const std::string& sql) {
    throw error(errc::read_only, "running \"" + sql + "\" outside `on`");
}

/// Once the time is closed, whatever was recorded by then is stored, and its rows with it.
void united_side::await(recorded_at when) { (void)store_.cut_at(when); }

void united_side::await(const moment& then) { store_.check(then); }

recorded_at united_side::time_of(const cut& where) { return time_of_cut(store_, where); }

}  // namespace leftfold::inline v0::detail
