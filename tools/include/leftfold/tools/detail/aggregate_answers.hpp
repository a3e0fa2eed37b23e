#pragma once
// The questions that the command line asks of one kind of aggregate, and their answers without its type.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "leftfold/framework/blame.hpp"
#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/diff.hpp"
#include "leftfold/framework/find_state.hpp"
#include "leftfold/framework/repository.hpp"
#include "leftfold/framework/stepper.hpp"
#include "leftfold/framework/to_text.hpp"
#include "leftfold/framework/where.hpp"

namespace leftfold::inline v0::tools::detail {

/// Which state is asked for: the newest, unless something is set. Times may be set on both axes; a version or a cut
/// stands alone; a moment takes the place of the time of recording.
struct asked_state {
    std::optional<recorded_at> recorded{};
    std::optional<occurred_at> occurred{};
    std::optional<leftfold::version> version{};
    std::optional<cut> where{};
    std::optional<moment> then{};
};

/// A state, told.
struct told_state {
    leftfold::version version{};
    leftfold::position position{};
    cut seen{};
    std::string json;
    std::string text;
};

/// An event and what it made of the state.
struct told_step {
    event_origin origin;
    std::string json;
    std::vector<change> changes;
};

/// A state that was searched for.
struct told_find {
    event_origin origin;
    std::string json;
    std::string text;
    std::size_t states_made = 0;
};

/// A cursor over a history.
class told_stepper {
public:
    virtual ~told_stepper() = default;
    virtual bool go_to(version to) = 0;
    virtual version at() const = 0;
    virtual version last() const = 0;
    /// Nothing before the first event.
    virtual std::optional<event_origin> origin() const = 0;
    virtual std::vector<change> changes() const = 0;
    virtual std::string json() const = 0;
};

class aggregate_answers {
public:
    virtual ~aggregate_answers() = default;

    virtual std::string_view category() const = 0;
    /// Nothing when the stream did not exist there.
    virtual std::optional<told_state> state(const event_store& store, std::string_view key,
                                            const asked_state& asked) const = 0;
    virtual std::vector<change> diff(const event_store& store, std::string_view key, const asked_state& before,
                                     const asked_state& after) const = 0;
    /// Gives the steps after a version until the sink returns false.
    virtual void history(const event_store& store, std::string_view key, version after,
                         function_ref<bool(const told_step&)> sink) const = 0;
    /// All members, or the one at a path.
    virtual std::vector<blamed> blame(const event_store& store, std::string_view key,
                                      const std::string& path) const = 0;
    virtual std::optional<told_find> first_where(const event_store& store, std::string_view key,
                                                 const std::string& condition) const = 0;
    virtual told_find bisect(const event_store& store, std::string_view key, const std::string& condition,
                             const bisect_range& range) const = 0;
    virtual std::unique_ptr<told_stepper> step(const event_store& store, std::string_view key) const = 0;
};

template <class State>
std::string json_of(const State& state) {
    std::string text;
    encode(state, text);
    return text;
}

template <class Aggregate>
class stepper_of final : public told_stepper {
public:
    stepper_of(repository<Aggregate> of, std::string_view key)
        : repository_(std::move(of)), stepper_(repository_, key) {}

    bool go_to(leftfold::version to) override { return stepper_.go_to(to); }
    leftfold::version at() const override { return stepper_.version(); }
    leftfold::version last() const override { return stepper_.last(); }
    std::optional<event_origin> origin() const override {
        if (stepper_.version() == leftfold::version{}) return std::nullopt;
        return origin_of(stepper_.event().view());
    }
    std::vector<change> changes() const override { return stepper_.changes(); }
    std::string json() const override { return json_of(stepper_.state()); }

private:
    repository<Aggregate> repository_;
    stepper<Aggregate> stepper_;
};

template <class Aggregate>
class answers_of final : public aggregate_answers {
public:
    explicit answers_of(repository_options options) : options_(std::move(options)) {}

    std::string_view category() const override { return Aggregate::category; }

    std::optional<told_state> state(const event_store& store, std::string_view key,
                                    const asked_state& asked) const override {
        const auto found = load(store, key, asked);
        if (!found) return std::nullopt;
        return told_state{found.version(), found.position(), found.cut(), json_of(*found), to_text(*found)};
    }

    std::vector<change> diff(const event_store& store, std::string_view key, const asked_state& before,
                             const asked_state& after) const override {
        return leftfold::diff(load(store, key, before), load(store, key, after));
    }

    void history(const event_store& store, std::string_view key, version after,
                 function_ref<bool(const told_step&)> sink) const override {
        auto of = all(store);
        auto story = of.since(key, after);
        auto before = story.state();
        while (story.next()) {
            if (!sink({origin_of(story.event()), json_of(story.state()), leftfold::diff(before, story.state())}))
                return;
            before = story.state();
        }
    }

    std::vector<blamed> blame(const event_store& store, std::string_view key, const std::string& path) const override {
        auto of = all(store);
        if (path.empty()) return leftfold::blame(of, key);
        const auto found = leftfold::blame(of, key, member_path{path});
        return found ? std::vector<blamed>{*found} : std::vector<blamed>{};
    }

    std::optional<told_find> first_where(const event_store& store, std::string_view key,
                                         const std::string& condition) const override {
        auto of = all(store);
        const auto found = leftfold::first_where(of, key, where<Aggregate>{condition});
        if (!found) return std::nullopt;
        return tell(*found);
    }

    told_find bisect(const event_store& store, std::string_view key, const std::string& condition,
                     const bisect_range& range) const override {
        auto of = all(store);
        return tell(leftfold::bisect(of, key, where<Aggregate>{condition}, range));
    }

    std::unique_ptr<told_stepper> step(const event_store& store, std::string_view key) const override {
        return std::make_unique<stepper_of<Aggregate>>(all(store), key);
    }

private:
    repository<Aggregate> all(const event_store& store) const { return repository<Aggregate>{store, options_}; }

    loaded<Aggregate> load(const event_store& store, std::string_view key, const asked_state& asked) const {
        auto of = all(store);
        if (asked.version) return of.at_version(key, *asked.version);
        if (asked.where) return of.at(key, *asked.where);
        if (asked.then && asked.occurred) return of.as_of(key, *asked.then, *asked.occurred);
        if (asked.then) return of.at(key, *asked.then);
        if (asked.recorded && asked.occurred) return of.as_of(key, *asked.recorded, *asked.occurred);
        if (asked.recorded) return of.as_of(key, *asked.recorded);
        if (asked.occurred) return of.as_of(key, *asked.occurred);
        return of.load(key);
    }

    static told_find tell(const found_state<Aggregate>& found) {
        return {origin_of(found.event.view()), json_of(*found.state), to_text(*found.state), found.states_made};
    }

    repository_options options_;
};

}  // namespace leftfold::inline v0::tools::detail
