#include "leftfold/projections/fold_inline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "inline_participant.hpp"
#include "leftfold/projections/table_core.hpp"
#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "sqlite/sqlite_log.hpp"
#include "united_side.hpp"

namespace leftfold::inline v0::detail {

namespace {

void check_can_be_inline(const projection_base& of) {
    const auto name = projection_access::type(of).name;
    const auto& parts = projection_access::parts(of);
    if (parts.empty())
        throw error(errc::invalid_argument, fmt::format("folding projection {} inline: it has no table", name));
    if (projection_access::writers(of) != nullptr)
        throw error(errc::unsupported,
                    fmt::format("folding projection {} inline, which parks keys: an event that cannot be folded is "
                                "refused there, and never stored",
                                name));
    for (const auto* part : parts) {
        if (dynamic_cast<const table_core*>(part) == nullptr)
            throw error(errc::unsupported,
                        fmt::format("folding projection {} inline: nobody knows whose the rows of its table {} are, "
                                    "since SQL writes them",
                                    name, part->name()));
        static constexpr std::array<std::string_view, 3> the_stores{"event", "store", "fence"};
        if (std::ranges::find(the_stores, part->name()) != the_stores.end())
            throw error(errc::name_collision,
                        fmt::format("folding projection {} inline: {} is a table of the store's", name, part->name()));
    }
}

}  // namespace

inline_fold::inline_fold(event_store& store, const maker& make, inline_options options) : handle_(make()) {
    check_can_be_inline(*handle_);
    if (dynamic_cast<const sqlite::sqlite_log*>(&store.log()) == nullptr)
        throw error(errc::unsupported,
                    fmt::format("folding projection {} inline: the store's log has no database for its rows",
                                projection_access::type(*handle_).name));
    join_commits(store, std::make_shared<inline_participant>(store, make, std::move(options)));
    side_ = std::make_unique<united_side>(store, *handle_);
    projection_access::stand_on(*handle_, *side_);
}

inline_fold::~inline_fold() = default;

}  // namespace leftfold::inline v0::detail
