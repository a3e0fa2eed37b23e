#pragma once

#include <memory>

#include "event_worker.hpp"
#include "leftfold/projections/reactor.hpp"
#include "model_database.hpp"
#include "order_book.hpp"

namespace leftfold::inline v0::detail {

/// One reactor at work: has the effect of each event, then saves that it was had, in a file of its own that is synced.
class reactor_runner final : public event_worker {
public:
    /// Throws errc::locked when somebody owns the file, and what opening it throws; errc::invalid_argument without one.
    reactor_runner(std::shared_ptr<store_core> store, const reactor_type& type, std::unique_ptr<reactor_base> instance,
                   reactor_options options, std::shared_ptr<model_signals> signals);

    /// Throws errc::stale_model when the file says how far it came in another history.
    void open() override;
    std::filesystem::path socket() const override { return control_of(file_.file()); }

private:
    cut take_up() override;
    bool act(const event_view& event) override;
    void save(const checkpoint& reached) override;
    std::int64_t keep_pause(const std::string& by) override;
    void keep_resumption(const std::string& by) override;
    order_book book();

    const reactor_type& type_;
    std::unique_ptr<reactor_base> instance_;
    reactor_options options_;
    model_database file_;
    recorded at_;
};

}  // namespace leftfold::inline v0::detail
