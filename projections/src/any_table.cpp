#include "leftfold/projections/any_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "leftfold/framework/json_decode.hpp"
#include "leftfold/framework/json_encode.hpp"
#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"

namespace leftfold::inline v0 {

namespace {

constexpr std::size_t page = 256;

/// Whether a text cell holds JSON: made by the codec, and no name of an enumerator.
bool holds_json(const detail::column& of, std::string_view text) {
    return of.text_shape != 0 && (text.starts_with('{') || text.starts_with('['));
}

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

std::string read_cell_of(const detail::column& of, detail::cell_reader& in) {
    if (of.nullable && in.null()) return "null";
    switch (of.holds) {
        case detail::affinity::integer:
            return std::to_string(in.integer());
        case detail::affinity::real:
            return to_json(in.real());
        case detail::affinity::text: {
            const auto text = in.text();
            return holds_json(of, text) ? std::string(text) : to_json(std::string(text));
        }
        case detail::affinity::blob:
            return to_json(hexadecimal(in.blob()));
    }
    return "null";
}

any_table::cells read_cells(const detail::row_type& type, detail::cell_reader& in) {
    any_table::cells row;
    for (const auto& each : type.columns) row.push_back(read_cell_of(each, in));
    return row;
}

void bind_key(const detail::table_core& of, std::string_view key, detail::cell_writer& out) {
    if (of.type().columns[of.type().key].holds != detail::affinity::integer) return out.text(key);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (failed != std::errc() || end != key.data() + key.size())
        throw error(errc::invalid_argument,
                    fmt::format("asking table {} for row {}: its keys are numbers", of.name(), key));
    out.integer(number);
}

}  // namespace

any_table::any_table(const projection_base& of, std::string_view name) {
    std::string all;
    for (const auto* part : detail::projection_access::parts(of)) {
        all += fmt::format("{}{}", all.empty() ? "" : ", ", part->name());
        if (part->name() != name) continue;
        core_ = dynamic_cast<const detail::table_core*>(part);
        if (core_ != nullptr) return;
        throw error(errc::unsupported,
                    fmt::format("asking for rows of table {}: it is written in SQL, and keeps no past", name));
    }
    throw error(errc::not_found, fmt::format("asking for table {} of projection {}, which has {}", name,
                                             detail::projection_access::type(of).name, all));
}

std::vector<std::string> any_table::columns() const {
    std::vector<std::string> names;
    for (const auto& each : core_->type().columns) names.emplace_back(each.name);
    return names;
}

std::string any_table::object_of(const cells& row) const {
    std::string text;
    for (std::size_t i = 0; i != row.size(); ++i)
        text += fmt::format("{}{}:{}", i == 0 ? "{" : ",", to_json(std::string(core_->type().columns[i].name)), row[i]);
    return text + "}";
}

std::string any_table::key_of(const cells& row) const {
    const auto& cell = row[key_column()];
    return cell.starts_with('"') ? decode_json<std::string>(cell) : cell;
}

void any_table::await(recorded_at when) const {
    core_->check_history(when);
    core_->side().await(when);
    core_->side().check_complete(when);
}

std::optional<any_table::cells> any_table::find(std::string_view key, recorded_at when) const {
    std::optional<cells> found;
    core_->side().select(
        core_->query(detail::wanted::one, detail::axis::as_of),
        [&](detail::cell_writer& out) {
            bind_key(*core_, key, out);
            out.integer(when.micros());
        },
        [&](detail::cell_reader& in) {
            found = read_cells(core_->type(), in);
            return false;
        });
    return found;
}

void any_table::for_each(recorded_at when, function_ref<void(const cells&)> visit) const {
    std::optional<std::string> last;
    for (;;) {
        std::vector<cells> rows;
        core_->side().select(
            core_->query(last ? detail::wanted::after : detail::wanted::first, detail::axis::as_of),
            [&](detail::cell_writer& out) {
                if (last) bind_key(*core_, *last, out);
                out.integer(static_cast<std::int64_t>(page));
                out.integer(when.micros());
            },
            [&](detail::cell_reader& in) {
                rows.push_back(read_cells(core_->type(), in));
                return true;
            });
        for (const auto& row : rows) visit(row);
        if (rows.size() < page) return;
        last = key_of(rows.back());
    }
}

void any_table::for_each_version(std::string_view key, function_ref<bool(const version&)> visit) const {
    const auto& query = core_->query_versions();
    auto ended_by = std::numeric_limits<std::int64_t>::max();
    for (;;) {
        std::vector<version> read;
        core_->side().select(
            query,
            [&](detail::cell_writer& out) {
                bind_key(*core_, key, out);
                out.integer(ended_by);
                out.integer(static_cast<std::int64_t>(page));
            },
            [&](detail::cell_reader& in) {
                auto row = read_cells(core_->type(), in);
                const auto from = recorded_at::from_micros(in.integer());
                read.push_back({std::move(row), from, recorded_at::from_micros(in.integer())});
                return true;
            });
        for (const auto& each : read)
            if (!visit(each)) return;
        if (read.size() < page) return;
        ended_by = read.back().until.micros() - 1;
    }
}

}  // namespace leftfold::inline v0
