#include "bank/transfer.hpp"

#include <vector>

#include "bank/account.hpp"
#include "leftfold/framework/event_codec.hpp"
#include "leftfold/framework/repository.hpp"

namespace bank {

namespace {

template <class Event>
leftfold::stream_append one_event(const std::string& key, leftfold::version expected, const Event& event) {
    std::vector<leftfold::event_data> events;
    events.push_back(leftfold::to_event_data(event));
    return {leftfold::stream_id(account::category, key), leftfold::expected_version::exactly(expected),
            std::move(events)};
}

}  // namespace

leftfold::appended transfer(leftfold::event_store& store, const std::string& from, const std::string& to,
                            std::int64_t cents) {
    leftfold::repository<account> accounts{store};
    for (;;) {
        const auto payer = accounts.load(from);
        const auto payee = accounts.load(to);
        if (!payer || payer->balance() < cents) throw insufficient_funds{cents, payer ? payer->balance() : 0};
        std::vector<leftfold::stream_append> both;
        both.push_back(one_event(from, payer.version(), withdrawn{cents}));
        both.push_back(one_event(to, payee.version(), deposited{cents}));
        // Whoever changed one of them meanwhile wins, and the decision is made again on what is there then.
        if (auto done = store.append(std::move(both))) return *done;
    }
}

}  // namespace bank
