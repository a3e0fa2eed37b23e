#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands.hpp"
#include "leftfold/storage/closing.hpp"
#include "leftfold/storage/fork.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

namespace {

const char* name_of(durability level) {
    switch (level) {
        case durability::power_loss:
            return "power_loss";
        case durability::process_crash:
            return "process_crash";
        case durability::none:
            break;
    }
    return "none";
}

int info(const std::string& path, const console& on) {
    auto store = open_for_reading(path);
    const auto [closed, held_by] = closed_state_of(store);
    std::int64_t events = 0;
    boost::json::array partitions;
    for (std::uint32_t p = 0; p != store.partitions(); ++p) {
        const auto head = store.head_of(partition_id(p));
        events += head.at.value();
        partitions.push_back({{"partition", p},
                              {"head", head.at.value()},
                              {"recorded", to_rfc3339(head.recorded.time())},
                              {"chain", to_hex(head.chain)}});
    }
    const auto age_us = store.world().clock->wall_us() - closed.micros();
    const auto origin = fork_origin_of(store);
    const auto level = name_of(store.capabilities().level);
    if (on.json) {
        boost::json::object answer{{"store", to_string(store.id())},
                                   {"epoch", store.epoch().value()},
                                   {"events", events},
                                   {"durability", level},
                                   {"closed", to_rfc3339(closed.time())},
                                   {"closed_age_us", age_us},
                                   {"partitions", partitions}};
        if (held_by) answer["closed_held_by_partition"] = held_by->value();
        if (origin)
            answer["fork_of"] = {{"store", to_string(origin->parent)},
                                 {"path", origin->path.string()},
                                 {"time", to_rfc3339(origin->time.time())},
                                 {"cut", to_string(origin->cut)},
                                 {"depth", origin->depth}};
        on.write(answer);
        return 0;
    }
    on.line(fmt::format("store       {}", to_string(store.id())));
    on.line(fmt::format("epoch       {}", store.epoch().value()));
    if (origin) {
        on.line(fmt::format("fork of     {} in {}", to_string(origin->parent), origin->path.string()));
        on.line(fmt::format("            at {}, the cut {}; depth {}", to_rfc3339(origin->time.time()),
                            to_string(origin->cut), origin->depth));
    }
    on.line(fmt::format("durability  {}", level));
    on.line(fmt::format("events      {} in {} partition(s)", events, store.partitions()));
    on.line(fmt::format("closed      {} ({:.3f} s ago)", to_rfc3339(closed.time()), static_cast<double>(age_us) / 1e6));
    if (held_by)
        on.line(fmt::format("            held there by a commit of partition {} whose outcome is unknown",
                            held_by->value()));
    for (const auto& each : partitions) {
        const auto& partition = each.get_object();
        on.line(fmt::format("partition {}: head {}, last recorded {}",
                            partition.at("partition").to_number<std::uint32_t>(), partition.at("head").get_int64(),
                            std::string(partition.at("recorded").get_string())));
    }
    return 0;
}

}  // namespace

void declare_info(command_list& all) {
    auto path = std::make_shared<std::string>();
    all.add("info", "What a store is, how much it holds, and how far it is closed",
            [path](const console& on) { return info(*path, on); })
        .place("STORE", *path, "The store's directory");
}

}  // namespace leftfold::inline v0::tools
