#pragma once
// The two sides of a repository: the typed one, thin and in headers, and the algorithms, which know no types.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/framework/detail/aggregate_access.hpp"
#include "leftfold/framework/detail/compare_members.hpp"
#include "leftfold/framework/detail/held_bytes.hpp"
#include "leftfold/framework/event_codec.hpp"
#include "leftfold/framework/fingerprint.hpp"
#include "leftfold/framework/layout_check.hpp"

namespace leftfold::inline v0::detail {

/// One aggregate object, seen without its type.
class subject {
public:
    virtual ~subject() = default;

    /// Makes it new, as before the first event.
    virtual void reset() = 0;
    /// Applies an event, or skips it when the aggregate ignores its type. Returns false when it knows no such type.
    virtual bool apply(std::string_view type, std::string_view payload) = 0;
    /// Appends the state as it is kept in a snapshot.
    virtual void write_state(std::string& out) const = 0;
    virtual void read_state(std::string_view bytes) = 0;
    /// Returns what differs in `other`, a subject of the same aggregate.
    virtual std::vector<change> differences(const subject& other) const = 0;
    /// Makes another of the same aggregate, as before the first event.
    virtual std::unique_ptr<subject> make_new() const = 0;
    /// Becomes a copy of `other`, a subject of the same aggregate; does nothing where subject_type::can_stay is false.
    virtual void become(const subject& other) = 0;
    /// Returns how much memory the state takes, as residents are counted.
    virtual std::size_t bytes() const = 0;
    /// Runs the decision on the state at that version and returns what it raised.
    virtual std::vector<event_data> decide(version at) = 0;
};

/// What the algorithms know of an aggregate's type.
struct subject_type {
    std::string category;
    std::string name;  ///< the class's, for people
    /// Of the state and of everything that makes it from events; nothing when the state cannot be kept.
    std::optional<std::uint64_t> fingerprint;
    /// Whether residents can be kept: states are copied, and their bytes counted.
    bool can_stay = false;
};

/// A subject that can be folded and looked at.
template <class Aggregate>
class typed_subject : public subject {
public:
    void reset() override { aggregate_ = Aggregate{}; }

    bool apply(std::string_view type, std::string_view payload) override {
        const auto take = [this](const auto& event) { aggregate_access::apply(aggregate_, event); };
        return decode_event(events_of<Aggregate>{}, type, payload, take) || ignored_by<kept_state<Aggregate>>(type);
    }

    void write_state(std::string& out) const override {
        if constexpr (described<kept_state<Aggregate>>)
            codec<kept_state<Aggregate>>::encode(aggregate_access::state(aggregate_), out);
    }

    void read_state(std::string_view bytes) override {
        if constexpr (described<kept_state<Aggregate>>)
            aggregate_access::state(aggregate_) = codec<kept_state<Aggregate>>::decode(bytes);
    }

    std::vector<change> differences(const subject& other) const override {
        change_list found;
        if constexpr (described<kept_state<Aggregate>>)
            compare(found, aggregate_access::state(aggregate_),
                    aggregate_access::state(static_cast<const typed_subject&>(other).aggregate_));
        return found.take();
    }

    std::unique_ptr<subject> make_new() const override { return std::make_unique<typed_subject>(); }

    void become(const subject& other) override {
        if constexpr (can_stay<Aggregate, kept_state<Aggregate>>)
            aggregate_ = static_cast<const typed_subject&>(other).aggregate_;
    }

    std::size_t bytes() const override {
        return sizeof(*this) - sizeof(kept_state<Aggregate>) + held_bytes(aggregate_access::state(aggregate_));
    }

    std::vector<event_data> decide(version) override { return {}; }

    /// Shows the aggregate, as of that version. Valid until the subject changes.
    const Aggregate& look(version at) {
        aggregate_access::set_version(aggregate_, at);
        return aggregate_;
    }

    /// Gives the aggregate away.
    Aggregate take(version at) {
        aggregate_access::set_version(aggregate_, at);
        return std::move(aggregate_);
    }

protected:
    Aggregate aggregate_{};
};

/// A subject with a decision to make.
template <class Aggregate, class Decision>
class deciding_subject final : public typed_subject<Aggregate> {
public:
    explicit deciding_subject(Decision& decision) : decision_(decision) {}

    std::vector<event_data> decide(version at) override {
        Aggregate& target = this->aggregate_;
        aggregate_access::set_version(target, at);
        decide_on(target, decision_);
        std::vector<event_data> raised;
        for (const auto& event : aggregate_access::take_pending(target))
            raised.push_back(std::visit([](const auto& e) { return to_event_data(e); }, event));
        return raised;
    }

private:
    Decision& decision_;
};

template <class... Events>
constexpr void hash_events(shape_hash& hash, event_list<Events...>) {
    ((hash.text(std::string_view{Events::event_type}), hash.text("="), hash.number(fingerprint<Events>()),
      hash.text(";")),
     ...);
}

/// The fingerprint of the state's shape, of each event's name and shape, and of the revision (semantics 22).
template <class Aggregate>
consteval std::uint64_t fold_fingerprint() {
    using state = kept_state<Aggregate>;
    shape_hash hash;
    hash.number(fingerprint<state>());
    hash.text(";");
    hash_events(hash, events_of<Aggregate>{});
    if constexpr (requires { state::revision; }) hash.number(static_cast<std::uint64_t>(state::revision));
    return hash.value();
}

template <class Aggregate>
subject_type type_of_subject() {
    using state = kept_state<Aggregate>;
    subject_type made{
        std::string{Aggregate::category}, std::string{type_name<state>()}, {}, can_stay<Aggregate, state>};
    if constexpr (described<state>) {
        if constexpr (std::is_same_v<state, Aggregate>)
            check_layout<state, decltype(aggregate_access::base(std::declval<const Aggregate&>()))>();
        else
            check_layout<state>();
        made.fingerprint = fold_fingerprint<Aggregate>();
    }
    return made;
}

}  // namespace leftfold::inline v0::detail
