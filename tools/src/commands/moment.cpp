
#include "asked_time.hpp"
#include "commands.hpp"
#include "leftfold/tools/main.hpp"
#include "open_store.hpp"

namespace leftfold::inline v0::tools {

void declare_moment(command_list& all) {
    struct words {
        std::string path;
        std::string time = "now";
    };
    auto given = std::make_shared<words>();
    all.add("moment", "A time of a store as one word, to ask with --at: here or elsewhere, now or next year",
            [given](const console& on) {
                auto store = open_for_reading(given->path);
                const auto then = store.at(time_in(store, given->time));
                if (on.json)
                    on.write({{"moment", to_string(then)},
                              {"time", to_rfc3339(then.time().time())},
                              {"cut", to_string(then.cut())},
                              {"store", to_string(then.store())},
                              {"epoch", then.epoch().value()}});
                else
                    on.line(to_string(then));
                return success;
            })
        .place("STORE", given->path, "The store's directory")
        .optional_place("TIME", given->time, "RFC 3339, a date, or '2 hours ago'; without it: now");
}

}  // namespace leftfold::inline v0::tools
