#pragma once

#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "fold_place.hpp"
#include "fold_rate.hpp"
#include "lane.hpp"
#include "leftfold/storage/event_store.hpp"
#include "model_board.hpp"
#include "standing_order.hpp"
#include "worker.hpp"

namespace leftfold::inline v0::detail {

/// What acts on events, rather than folding them into rows: a process, a reactor. Reads the log in its own order, page
/// by page, hands over one event after the other, and saves how far it has come after what was done. So what it has
/// saved is only ever behind.
///
/// step() and orders belong to one thread at a time; board() to any. Orders are in event_worker_orders.cpp.
class event_worker : public worker {
public:
    const std::string& name() const final { return name_; }
    const char* kind() const final { return kind_; }
    model_board& board() final { return board_; }

    lane::action step() final;
    std::int64_t due_us(std::int64_t now) const final;
    void broke_off(const std::exception& failed) final;

    void pause(const std::string& by) final;
    void resume(const std::string& by) final;
    void drain(cut until, const std::string& by) final;
    void stop_working(const std::string& by) final;
    /// Throws errc::unsupported: what it has done elsewhere would be left out, or done again.
    void seek(const start_at& where, const std::string& by) final;

    /// Looks up where it begins and how far it has come.
    virtual void open() = 0;
    /// Where other processes give it orders; empty: nowhere.
    virtual std::filesystem::path socket() const = 0;
    /// Saves what is only ahead in memory. For the end of the work.
    void save_progress() noexcept;
    /// Tries again at once what failed. Returns whether anything had.
    bool hurry();

protected:
    struct settings {
        const char* kind;
        std::string_view name;
        event_filter filter;
        retry_options retries;
        /// The most events that are acted on before it is saved.
        std::size_t save_every;
    };
    event_worker(std::shared_ptr<store_core> store, settings how, std::shared_ptr<model_signals> signals);

    // What each kind does

    /// Makes ready for the first event, and makes ready again when memory is not to be trusted. Returns how far it has
    /// come, which place() stands at.
    virtual cut take_up() = 0;
    /// Does all that an event leads to. Returns whether there was anything.
    virtual bool act(const event_view& event) = 0;
    virtual void save(const checkpoint& reached) = 0;
    /// Keeps for the next program that it is paused, and returns since when. Durable on return.
    virtual std::int64_t keep_pause(const std::string& by) = 0;
    /// Keeps for the next program that it is not paused any more, if it was. Durable on return.
    virtual void keep_resumption(const std::string& by) = 0;
    /// Called when all that is closed up to a time was acted on. Returns whether there was something to do.
    virtual bool idle(recorded_at) { return false; }
    /// When, by the wall clock, idle() has something to do.
    virtual std::optional<recorded_at> next() const { return std::nullopt; }

    /// Says where it begins.
    void begin_at(const start_place& start);
    /// Says how far it has come, before it has worked.
    void stand_at(const cut& reached);
    /// Stays paused, if an earlier program was told to pause.
    void stay_paused(const std::optional<pause_note>& kept);

    void warn(const std::string& text) const;
    void point(std::string_view step) const;
    /// Whether the event that is acted on was tried before.
    bool tries_again() const { return was_held_ || lane_.attempts() > 0; }

    event_store store_;
    fold_place place_;
    /// The event that is acted on: what fails there is its failure.
    std::optional<position> acting_on_;

private:
    void work(lane::action& what, const cut& up_to, recorded_at closed);
    bool may_take_up(lane::action next) const;
    void go_through(const cut& up_to, recorded_at closed);
    bool is_to_break_off(std::size_t acted) const;
    void obey(standing_order order);
    void end_drain();
    projection_state state(const cut& closed) const;
    void save_now();
    void fail(const std::exception& failed);
    void publish(const cut& closed);
    std::int64_t now_us() const { return store_.world().clock->elapsed_us(); }

    std::shared_ptr<model_signals> signals_;
    const char* kind_;
    std::string name_;
    event_filter filter_;
    std::size_t save_every_;
    lane lane_;
    bool is_doubtful_ = true;         // what is in memory is not to be trusted
    std::size_t unsaved_ = 0;         // events that were acted on since the checkpoint
    std::int64_t held_until_us_ = 0;  // the store takes no events for now
    std::string held_because_;
    bool was_held_ = false;  // in the middle of an event, which is acted on again
    standing_order order_;
    fold_rate rate_;
    std::size_t failures_ = 0;  // in all, and the last of them
    std::string last_failure_;
    std::size_t restarts_ = 0;  // for no fault of an event
    event_page page_;
    model_board board_;
};

/// Returns how far a checkpoint says that a worker has come in this store, or says in `why` that it is of another
/// history. A store that was restored goes on where it still has all that was acted on.
struct continued {
    std::optional<stored_model> at{};
    std::string why{};
};
continued continue_from(std::optional<checkpoint> saved, event_store& store);

}  // namespace leftfold::inline v0::detail
