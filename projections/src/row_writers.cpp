#include "leftfold/projections/row_writers.hpp"

namespace leftfold::inline v0::detail {

namespace {

std::string place_of(const std::string& table, const std::string& row) { return table + ' ' + row; }

std::uint64_t pair_of(std::uint32_t a, std::uint32_t b) { return (std::uint64_t{a} << 32U) | b; }

}  // namespace

row_writers::number row_writers::number_of(std::string_view stream) {
    const auto [at, is_new] = numbers_.try_emplace(std::string(stream), static_cast<number>(streams_.size() + 1));
    if (is_new) streams_.push_back(&at->first);
    return at->second;
}

void row_writers::begin_event(std::string_view category, std::string_view key) {
    text_.assign(category).append("-").append(key);
    current_ = number_of(text_);
    in_the_way_.clear();
    met_before_event_ = met_.size();
    missed_before_event_ = missed_.size();
}

void row_writers::event_ended() {
    for (auto i = met_before_event_; i != met_.size(); ++i) known_.insert(pair_of(met_[i].first, met_[i].second));
    current_ = 0;
}

void row_writers::event_failed() {
    met_.resize(met_before_event_);
    missed_.erase(missed_.begin() + static_cast<std::ptrdiff_t>(missed_before_event_), missed_.end());
    current_ = 0;
}

bool row_writers::may_miss(const std::string& table, const std::string& row) {
    if (!refolds_) {
        missed_.push_back({table, row, current_});
        return true;
    }
    const auto found = known_absences_.find(place_of(table, row));
    if (found == known_absences_.end()) return true;
    for (const auto& stream : found->second)
        if (!listed_.contains(number_of(stream))) {
            in_the_way_ = stream;
            return false;
        }
    return true;
}

std::vector<row_writers::absence> row_writers::take_absences() {
    std::vector<absence> all;
    for (auto& each : missed_) all.push_back({std::move(each.table), std::move(each.row), stream_of(each.by)});
    missed_.clear();
    return all;
}

bool row_writers::meet(number writer) {
    if (listed_.contains(writer) != refolds_) {
        in_the_way_ = stream_of(writer);
        return false;
    }
    if (!known_.contains(pair_of(current_, writer))) met_.emplace_back(current_, writer);
    return true;
}

void row_writers::fold_live(const std::vector<std::string>& parked) {
    refolds_ = false;
    known_absences_.clear();
    listed_.clear();
    for (const auto& each : parked) listed_.insert(number_of(each));
}

void row_writers::refold(const std::vector<std::string>& streams, const std::vector<absence>& absences) {
    fold_live(streams);
    refolds_ = true;
    for (const auto& each : absences) known_absences_[place_of(each.table, each.row)].push_back(each.stream);
}

std::vector<row_writers::meeting> row_writers::met() const {
    std::vector<meeting> all;
    for (const auto& [a, b] : met_) all.emplace_back(stream_of(a), stream_of(b));
    return all;
}

std::vector<row_writers::meeting> row_writers::take_met() {
    auto all = met();
    met_.clear();
    return all;
}

void row_writers::forget() {
    numbers_.clear();
    streams_.clear();
    listed_.clear();
    known_.clear();
    met_.clear();
    met_before_event_ = 0;
    missed_.clear();
    missed_before_event_ = 0;
    current_ = 0;
}

}  // namespace leftfold::inline v0::detail
