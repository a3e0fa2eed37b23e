#include "inline_partition.hpp"

#include <fmt/format.h>

#include <vector>

#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// What an inline projection has in a partition's file besides its tables (docs/storage_format.md).
constexpr const char* inline_tables = R"(
CREATE TABLE IF NOT EXISTS leftfold_inline(
    projection TEXT NOT NULL PRIMARY KEY,
    shape TEXT NOT NULL,
    "offset" INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leftfold_inline_objects(
    name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    projection TEXT NOT NULL
) WITHOUT ROWID;
)";

/// What one transaction of catching up folds.
constexpr page_limits part{.events = 10'000, .bytes = std::size_t{16} << 20};

/// Calls something at the end of the scope, however that is left.
template <class F>
class at_end {
public:
    explicit at_end(F f) : f_(std::move(f)) {}
    ~at_end() { f_(); }
    at_end(const at_end&) = delete;
    at_end& operator=(const at_end&) = delete;

private:
    F f_;
};

}  // namespace

inline_partition::inline_partition(std::unique_ptr<projection_base> of, const event_registry& events,
                                   partition_id partition)
    : projection_(std::move(of)),
      events_(events),
      partition_(partition),
      name_(projection_access::type(*projection_).name),
      shape_(projection_access::shape(*projection_, events_)),
      filter_(projection_access::filter(*projection_, events_)),
      side_(*projection_),
      batch_(projection_access::type(*projection_), events_) {
    projection_access::stand_on(*projection_, side_);
}

void inline_partition::forget() {
    for (auto* each : projection_access::parts(*projection_)) each->forget();
    batch_.clear();
}

bool inline_partition::catch_up(event_store& store, sqlite::connection& on) {
    const inline_side::visit here(side_, on);
    const at_end forgets([this] { forget(); });
    on.execute(inline_tables);
    const offset head{on.query_number(R"(SELECT max("offset") FROM event)")};
    const auto known = reached(head);
    if (!known) make_anew();
    const auto from = known.value_or(offset{});
    if (from == head) return false;
    auto limits = part;
    limits.up_to = head;
    const auto fold_batch = [&] {
        batch_.decode();
        projection_access::prefetch(*projection_, batch_, 0, flush_options().cached_rows);
        fold_decoded([&](const event_view& event, const std::exception& failed) {
            throw error(errc::projection_stopped,
                        fmt::format("folding event {}, of type {}, into projection {}: {}", to_string(event.position()),
                                    event.type, name_, failed.what()));
        });
    };
    const auto end =
        store.read_partition(partition_, from, limits, filter_, payloads::read, [&](const event_view& event) {
            batch_.add(event);
            if (batch_.is_full(batch_options())) fold_batch();
            return true;
        });
    fold_batch();
    const auto to = end.at_end ? head : end.scanned_to;
    save(to);
    return to != head;
}

void inline_partition::fold(std::span<const event_view> events, sqlite::connection& on) {
    const inline_side::visit here(side_, on);
    const at_end forgets([this] { forget(); });
    for (const auto& event : events)
        if (filter_.matches(event)) batch_.add(event);
    // Their rows are few, and a query for many costs more to prepare than it saves.
    batch_.decode();
    fold_decoded([](const event_view& event, const std::exception& failed) {
        const auto* const known = dynamic_cast<const error*>(&failed);
        throw error(
            known != nullptr ? known->kind() : errc::projection_stopped,
            fmt::format("folding a {} of stream {}-{}: {}", event.type, event.category, event.key, failed.what()));
    });
    save(events.back().at);
}

/// Writes with each event, not with each append: a row has to have the routing key of the event that changes it.
void inline_partition::fold_decoded(failure_handler fail) {
    for (std::size_t i = 0; i != batch_.size(); ++i) try {
            side_.begin_event(batch_.events()[i]);
            projection_access::apply(*projection_, batch_, i, nullptr);
            side_.flush();
        } catch (const std::exception& failed) {
            fail(batch_.events()[i], failed);
        }
    batch_.clear();
}

std::optional<offset> inline_partition::reached(offset head) {
    auto& select = side_.prepared(R"(SELECT shape, "offset" FROM leftfold_inline WHERE projection = ?1)");
    const sqlite::reset_at_end end(select);
    select.bind_text(1, name_);
    if (!select.step() || select.text(0) != shape_ || offset{select.number(1)} > head) return std::nullopt;
    return offset{select.number(1)};
}

void inline_partition::save(offset at) {
    auto& put = side_.prepared("INSERT OR REPLACE INTO leftfold_inline VALUES (?1, ?2, ?3)");
    put.bind_text(1, name_).bind_text(2, shape_).bind(3, at.value());
    put.run();
}

void inline_partition::drop_objects() {
    std::vector<std::string> drops;
    {
        auto& select = side_.prepared(
            "SELECT kind, name FROM leftfold_inline_objects WHERE projection = ?1 "
            "ORDER BY CASE kind WHEN 'view' THEN 0 WHEN 'index' THEN 1 ELSE 2 END");
        const sqlite::reset_at_end end(select);
        select.bind_text(1, name_);
        while (select.step())
            drops.push_back(
                sql_text("DROP ").add(select.text(0)).add(" IF EXISTS ").name(std::string(select.text(1))).text());
    }
    for (const auto& each : drops) side_.connection().execute(each.c_str());
    side_.prepared("DELETE FROM leftfold_inline_objects WHERE projection = ?1").bind_text(1, name_).run();
}

bool inline_partition::is_taken(const std::string& name) {
    auto& select = side_.prepared("SELECT name FROM sqlite_schema WHERE name = ?1");
    const sqlite::reset_at_end end(select);
    return select.bind_text(1, name).step();
}

void inline_partition::make_anew() {
    drop_objects();
    for (const auto& each : projection_access::objects(*projection_)) {
        if (is_taken(each.name))
            throw error(errc::name_collision,
                        fmt::format("making {} {} of projection {} in {}: something else has that name", each.kind,
                                    each.name, name_, side_.connection().file().string()));
        side_.connection().execute(each.sql.c_str());
        auto& note = side_.prepared("INSERT INTO leftfold_inline_objects VALUES (?1, ?2, ?3)");
        note.bind_text(1, each.name).bind_text(2, each.kind).bind_text(3, name_).run();
    }
    save(offset{});
}

}  // namespace leftfold::inline v0::detail
