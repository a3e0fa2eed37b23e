#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "deadline_book.hpp"
#include "event_worker.hpp"
#include "leftfold/projections/process_manager.hpp"
#include "leftfold/projections/process_options.hpp"
#include "leftfold/storage/event_store.hpp"
#include "process_journal.hpp"

namespace leftfold::inline v0::detail {

/// The repositories that a process sends commands to, by the type of their aggregates.
using command_targets = std::unordered_map<std::type_index, std::shared_ptr<void>>;

/// One process at work. For each event in the order of the log: the instance takes note of it, decides, its decision
/// about deadlines is written, its commands are executed, and the refused ones are written; then comes the next. After
/// a page of events the checkpoint is saved. Whatever is done again after a kill has the same ids, so it is done once.
///
/// find(), count() and deadlines() may be called from any thread.
class process_runner final : public event_worker {
public:
    process_runner(std::shared_ptr<store_core> store, const process_type& type, process_options options,
                   command_targets targets, std::shared_ptr<model_signals> signals);
    ~process_runner() override;

    void open() override;
    std::filesystem::path socket() const override;

    std::unique_ptr<process_base> find(std::string_view key) const;
    std::size_t count() const;
    std::vector<waiting_deadline> deadlines() const;

private:
    class round;

    cut take_up() override;
    bool act(const event_view& event) override;
    void save(const checkpoint& reached) override;
    std::int64_t keep_pause(const std::string& by) override;
    void keep_resumption(const std::string& by) override;
    bool idle(recorded_at closed) override;
    std::optional<recorded_at> next() const override { return book_.next(); }

    cut load_checkpoint();
    void deliver(round& to, std::string_view type, std::string_view payload) const;
    void carry_out(round& of, const event_view& trigger);
    void decide(round& of, const event_view& trigger);
    void execute(round& of, const event_view& trigger);
    void keep(round& of);
    std::string consumer() const { return process_consumer(name()); }

    const process_type& type_;
    process_options options_;
    command_targets targets_;
    process_journal journal_;
    start_place start_;
    cut noted_;  // events up to here were reacted to before: they are only noted
    cut seen_;   // what the log had when it was last read through: up to here things may be done already
    recorded at_;

    mutable std::shared_mutex mutex_;  // guards the two below against readers
    std::map<std::string, std::unique_ptr<process_base>, std::less<>> instances_;
    deadline_book book_;
};

}  // namespace leftfold::inline v0::detail
