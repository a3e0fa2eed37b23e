#include "simulation/answers.hpp"

#include <fmt/format.h>

#include "simulation/domain.hpp"

namespace leftfold::simulation {

void answer_book::complain(std::int64_t request, const char* what) const {
    found_.complain(fmt::format("the process and request {}: {}", request, what));
}

void answer_book::stored(std::int64_t request, const entry& first) {
    if (!is_answered_for(request)) return;
    requests_.insert({request, {.when = first.recorded}});
    const auto [last, is_first] = last_of_.try_emplace(first.stream, request);
    if (is_first) return;
    requests_.at(last->second).followed = first.recorded;
    last->second = request;
}

void answer_book::answered(const entry& by) {
    ++given_;
    const auto found = requests_.find(by.answers);
    if (found == requests_.end()) return complain(by.answers, "it is answered before it is stored");
    auto& about = found->second;
    if (!by.is_reminder) {
        if (++about.receipts > 1) complain(by.answers, "it is answered twice");
        return;
    }
    const auto due = recorded_at{about.when.time() + patience};
    if (++about.reminders > 1) complain(by.answers, "it is reminded of twice");
    if (!is_reminded_of(by.answers)) complain(by.answers, "it is reminded of, and nobody asked for that");
    if (by.recorded < due) complain(by.answers, "it is reminded of early");
    if (about.followed && *about.followed < due) complain(by.answers, "it is reminded of, and was followed in time");
}

void answer_book::look_at_the_end() const {
    for (const auto& [request, about] : requests_) {
        if (about.receipts == 0) complain(request, "it is never answered");
        if (is_reminded_of(request) && !about.followed && about.reminders == 0)
            complain(request, "it is never reminded of");
    }
}

}  // namespace leftfold::simulation
