#include "leftfold/projections/replay_as_of.hpp"

#include <string>

#include "events_by_occurrence.hpp"
#include "fold_place.hpp"
#include "kept_copies.hpp"
#include "leftfold/projections/projection_options.hpp"
#include "leftfold/storage/error.hpp"
#include "projection_access.hpp"
#include "read_side.hpp"
#include "scratch_directory.hpp"
#include "scratch_fold.hpp"

namespace leftfold::inline v0::detail {

namespace {

/// How often somebody who waits is told.
constexpr std::int64_t events_between_reports = 1'000;

/// The rows of a model that was folded for one moment, in a database that does not change any more.
class rows_of_then final : public row_source {
public:
    explicit rows_of_then(std::filesystem::path database) : pool_(std::move(database)) {}

    void read(function_ref<void(reader_pool::reader&)> with) override {
        const reader_pool::lease reader(pool_);
        with(*reader);
    }
    void await(recorded_at) override { refuse(); }
    void await(const moment&) override { refuse(); }
    recorded_at time_of(const cut&) override { refuse(); }
    recorded_at since() override { refuse(); }
    bool parks() const override { return false; }

private:
    [[noreturn]] static void refuse() {
        throw error(errc::unsupported,
                    "asking a replayed read model for another time than its own: replay it as of that");
    }

    reader_pool pool_;
};

cut known_events(event_store& store, const replay_question& asked, const replay_options& options) {
    if (asked.then) {
        store.check(*asked.then, options.closing);
        return asked.then->cut();
    }
    return asked.recorded ? store.cut_at(*asked.recorded, options.closing) : store.heads();
}

/// The time that the kept copies of a question may be of. The axis of what occurred has none.
std::optional<recorded_at> time_of_copies(const replay_question& asked) {
    if (asked.occurred) return std::nullopt;
    return asked.then ? asked.then->time() : asked.recorded;
}

}  // namespace

replayed_model::replayed_model(event_store& store, std::unique_ptr<projection_base> of, const replay_question& asked,
                               const replay_options& options)
    : cut_(known_events(store, asked, options)),
      directory_(std::make_unique<scratch_directory>(options.scratch)),
      handle_(std::move(of)) {
    const auto database = directory_->path() / "then.db";
    fold(store, asked, options, database);
    if (options.progress) options.progress(events_);
    side_ = std::make_unique<read_side>(std::make_unique<rows_of_then>(database),
                                        std::string(projection_access::type(*handle_).name));
    projection_access::stand_on(*handle_, *side_);
}

void replayed_model::fold(event_store& store, const replay_question& asked, const replay_options& options,
                          const std::filesystem::path& database) {
    const std::string name(projection_access::type(*handle_).name);
    const auto shape = projection_access::shape(*handle_, options.events);
    kept_copies copies(options.copies, store, name, shape);
    const auto copied_until = time_of_copies(asked);
    if (copied_until) events_ = copies.take(*copied_until, database);
    model_database rows(database);
    fold_place place;
    std::optional<scratch_fold> fold;
    if (events_ > 0) {
        place.resume(*rows.load(name));
        fold.emplace(rows, *handle_, options.events, flush_options(), store);
    } else {
        place.start({.after = leftfold::cut(store.partitions())});
        fold.emplace(rows, *handle_, options.events, flush_options(), store, scratch_fold::beginning{place.at()});
    }
    const auto take = [&](const event_view& event) {
        fold->fold(event);
        ++folded_;
        if (++events_ % events_between_reports == 0 && options.progress) options.progress(events_);
        if (!copied_until) return true;
        place.passed(event);
        if (copies.is_due(events_)) {
            fold->write();
            rows.begin();
            rows.save(name, place.checkpoint(store, shape));
            rows.commit();
            copies.keep(rows, place.through(), events_);
        }
        return true;
    };
    const auto filter = projection_access::filter(*handle_, options.events);
    if (asked.occurred)
        events_by_occurrence(store, {filter, cut_, *asked.occurred, options.sorted_events_max}).visit(take);
    else
        store.read_all(place.at(), cut_, filter, payloads::read, take);
    fold->write();
}

replayed_model::~replayed_model() = default;

}  // namespace leftfold::inline v0::detail
