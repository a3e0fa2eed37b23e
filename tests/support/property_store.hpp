#pragma once

#include <optional>

#include "leftfold/testing/contract.hpp"
#include "leftfold/testing/world.hpp"

namespace leftfold::test_support {

/// Stores for property tests. Making one may cost files, so each serves many cases, which keep apart by the names of
/// their streams.
class property_store {
public:
    explicit property_store(const testing::engine_maker& maker) : maker_(maker) { renew(); }

    /// Begins a case, on a fresh store now and then so that none grows large.
    void begin_case() {
        ++case_;
        if (case_ % cases_per_store == 0) renew();
    }

    event_store& operator*() { return *store_; }
    event_store* operator->() { return &*store_; }
    testing::manual_clock& clock() { return *clock_; }

    /// A name that no other case has.
    std::string name(const std::string& text) const { return text + "/" + std::to_string(case_); }

private:
    static constexpr int cases_per_store = 500;

    void renew() {
        store_.reset();
        engine_ = maker_();
        clock_ = std::make_shared<testing::manual_clock>();
        store_.emplace(engine_->make(3), store_options{.world = {.clock = clock_}});
    }

    testing::engine_maker maker_;
    std::unique_ptr<testing::engine> engine_;
    std::shared_ptr<testing::manual_clock> clock_;
    std::optional<event_store> store_;
    int case_ = 0;
};

}  // namespace leftfold::test_support
