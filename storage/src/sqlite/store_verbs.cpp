#include "sqlite/store_verbs.hpp"

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace leftfold::inline v0::sqlite {

namespace {

namespace json = boost::json;

std::string info(store_core& store) {
    const auto closed = store.closed_state();
    const auto heads = store.heads();
    json::array each;
    for (std::uint32_t p = 0; p != store.parts.partitions; ++p) each.emplace_back(heads.at(partition_id(p)).value());
    json::object answer{{"store", to_string(store.parts.id)},
                        {"epoch", store.parts.epoch.value()},
                        {"process", ::getpid()},
                        {"heads", each},
                        {"closed", to_rfc3339(closed.until.time())}};
    if (closed.held_by) answer["closed_held_by_partition"] = closed.held_by->value();
    return json::serialize(answer);
}

std::string reindex(store_core& store) {
    store.check_open();
    for (std::uint32_t p = 0; p != store.parts.partitions; ++p) store.parts.index->rebuild(partition_id(p));
    return json::serialize(json::object{{"partitions", store.parts.partitions}});
}

std::string accept_clock(store_core& store) {
    store.accept_clock();
    return json::serialize(json::object{{"accepted", true}, {"clock", to_rfc3339(store.closed().time())}});
}

}  // namespace

control_verbs store_verbs(store_core& store) {
    control_verbs verbs;
    verbs.emplace("ping", [](const control_request&) { return std::string("{}"); });
    verbs.emplace("info", [&store](const control_request&) { return info(store); });
    verbs.emplace("reindex", [&store](const control_request&) { return reindex(store); });
    verbs.emplace("accept-clock", [&store](const control_request&) { return accept_clock(store); });
    return verbs;
}

}  // namespace leftfold::inline v0::sqlite
