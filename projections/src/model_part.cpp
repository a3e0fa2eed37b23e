#include "leftfold/projections/model_part.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/sql_table.hpp"
#include "leftfold/storage/assert.hpp"
#include "sql_text.hpp"

namespace leftfold::inline v0 {

namespace detail {

namespace {

constexpr std::size_t table_name_bytes_max = 48;

bool is_word(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
}

}  // namespace

void fail_cut_unknown(recorded_at when) {
    throw error(errc::unsupported, fmt::format("asking for the cut of {}: the read model was opened without its store",
                                               to_rfc3339(when.time())));
}

cut model_side::cut_of(recorded_at when) { fail_cut_unknown(when); }

void check_table_name(std::string_view name) {
    const bool well_formed = !name.empty() && name.size() <= table_name_bytes_max && name[0] >= 'a' && name[0] <= 'z' &&
                             std::all_of(name.begin(), name.end(), is_word);
    if (!well_formed)
        throw error(errc::invalid_name, fmt::format("naming a table \"{}\": a name is [a-z][a-z0-9_]{{0,47}}", name));
    if (name.starts_with("sqlite_") || name.starts_with("leftfold_"))
        throw error(errc::invalid_name, fmt::format("naming a table \"{}\": names that begin so are taken", name));
}

model_part::model_part(projection_base& owner, std::string name)
    : owner_(owner), name_(std::move(name)), writers_(owner.writers_.get()), lanes_(owner.lanes_.get()) {
    check_table_name(name_);
    for (const auto* other : owner.parts_)
        if (other->name() == name_)
            throw error(errc::name_collision, fmt::format("naming two tables of one projection \"{}\"", name_));
    owner.parts_.push_back(this);
}

model_side& model_part::side() const {
    // A projection that somebody made by himself stands on nothing: engine.add() makes those that work.
    LEFTFOLD_ASSERT(owner_.side_ != nullptr);
    return *owner_.side_;
}

void refuse_value(std::string_view column, std::string_view why) {
    throw error(errc::invalid_argument, fmt::format("writing column {}: it cannot hold {}", column, why));
}

void found_wrong_value(std::string_view column, std::string_view why) {
    throw error(errc::corrupt, fmt::format("reading column {}: it holds {}", column, why));
}

}  // namespace detail

sql_table::sql_table(projection_base& owner, std::string name, std::string columns)
    : model_part(owner, std::move(name)), columns_(std::move(columns)) {}

std::vector<detail::model_part::object> sql_table::objects() const {
    return {{"table", name(), detail::sql_text("CREATE TABLE ").name(name()).add(" (").add(columns_).add(")").text()}};
}

}  // namespace leftfold::inline v0
