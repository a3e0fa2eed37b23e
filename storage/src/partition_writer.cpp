#include "partition_writer.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "leftfold/storage/assert.hpp"
#include "one_time_signal.hpp"

namespace leftfold::inline v0 {

namespace {

/// Whether this thread is inside some writer's group: its handlers must not block on a writer.
thread_local bool inside_a_writer = false;

append_outcome refused(errc code, const pending_append& append, const char* why) {
    return {error(code, describe(append) + ": " + why), {}};
}

}  // namespace

partition_writer::partition_writer(fence held, parts with)
    : with_(std::move(with)), partition_(held.partition), fence_(held), heads_(with_.heads_bytes) {}

partition_writer::~partition_writer() { close(std::chrono::steady_clock::now()); }

bool partition_writer::has_room(const pending_append& append, std::size_t times) const {
    // An append larger than the whole queue is let through when it is alone.
    return queue_.empty() || (queue_.size() < with_.limits.queue_appends * times &&
                              queued_bytes_ + append.bytes <= with_.limits.queue_bytes * times);
}

void partition_writer::enqueue(pending_append append) {
    queued_bytes_ += append.bytes;
    queue_.push_back(std::move(append));
}

void partition_writer::schedule() {
    if (scheduled_ || running_) return;
    if (!executor_) executor_ = with_.world.executors->make_executor();
    scheduled_ = true;
    executor_->post([this] { drain(); });
}

void partition_writer::submit(pending_append append, when_full queue) {
    queue_lock lock(mutex_);
    const bool room = has_room(append, queue == when_full::refuse ? 1 : 2);
    if (closing_ || !room) {
        lock.unlock();
        append.done(closing_ ? refused(errc::store_closed, append, "the store is closing")
                             : refused(errc::would_block, append, "too many appends are waiting"));
        return;
    }
    enqueue(std::move(append));
    schedule();
}

append_outcome partition_writer::append(pending_append append, when_full queue) {
    LEFTFOLD_ASSERT(!inside_a_writer);  // a handler on a writer's thread must not block on a writer
    struct {
        one_time_signal answered;
        bool done = false;
        append_outcome outcome;
    } mine;
    append.done = [&mine](append_outcome outcome) {
        mine.outcome = std::move(outcome);
        mine.done = true;
        mine.answered.give();
    };

    queue_lock lock(mutex_);
    if (queue == when_full::wait) idle_or_room_.wait(lock, [&] { return closing_ || has_room(append, 1); });
    if (closing_) return refused(errc::store_closed, append, "the store is closing");
    if (!has_room(append, 1)) return refused(errc::would_block, append, "too many appends are waiting");
    enqueue(std::move(append));
    if (!running_) {
        run_groups(lock, &mine.done);
    } else {
        lock.unlock();
    }
    mine.answered.wait();
    return std::move(mine.outcome);
}

void partition_writer::drain() {
    queue_lock lock(mutex_);
    scheduled_ = false;
    if (!running_ && !(closing_ && queue_.empty())) run_groups(lock, nullptr);
}

void partition_writer::settle() {
    const queue_lock lock(mutex_);
    if (!closing_) schedule();
}

/// Runs groups until the queue is empty or, where given, `*until` is set by one of them; the rest is left to the
/// executor. At least one: a group of nothing settles what is in doubt, and that is all.
void partition_writer::run_groups(queue_lock& lock, const bool* until) {
    running_ = true;
    do {
        auto taken = take(lock);
        lock.unlock();
        inside_a_writer = true;
        run_group(taken);
        inside_a_writer = false;
        lock.lock();
        // What was not answered hangs on what became of that very group: it goes first in the next one.
        while (!taken.empty()) {
            queued_bytes_ += taken.back().bytes;
            queue_.push_front(std::move(taken.back()));
            taken.pop_back();
        }
    } while (!queue_.empty() && (until == nullptr || !*until));
    running_ = false;
    if (!queue_.empty()) schedule();
    idle_or_room_.notify_all();
    lock.unlock();
}

std::deque<pending_append> partition_writer::take(const queue_lock&) {
    std::deque<pending_append> taken;
    std::size_t events = 0;
    std::size_t bytes = 0;
    while (!queue_.empty()) {
        auto& next = queue_.front();
        events += next.events;
        bytes += next.bytes;
        if (!taken.empty() && (events > with_.limits.group_events || bytes > with_.limits.group_bytes)) break;
        queued_bytes_ -= next.bytes;
        taken.push_back(std::move(next));
        queue_.pop_front();
    }
    return taken;
}

void partition_writer::run_group(std::deque<pending_append>& taken) {
    if (!settle_doubt(taken)) return;
    // Here and nowhere else: what a group changes is known to the cache alone until it is stored.
    heads_.trim();
    append_group group(partition_, with_.log, with_.index, heads_);
    group.expect(taken.size(), std::accumulate(taken.begin(), taken.end(), std::size_t{0},
                                               [](std::size_t sum, const auto& each) { return sum + each.events; }));
    std::unordered_set<const pending_append*> again;
    std::size_t reached = 0;
    for (; reached != taken.size(); ++reached) {
        try {
            const auto verdict = group.add(taken[reached]);
            if (verdict == append_group::verdict::later) break;
            if (verdict == append_group::verdict::waits) again.insert(&taken[reached]);
        } catch (const error& e) {  // a look-up failed: that append alone is refused
            taken[reached].done({error(e.kind(), describe(taken[reached]) + ": " + e.what()), {}});
        }
    }
    if (!group.empty()) {
        if (const auto first = reserve(group)) commit(group, *first);
        again.insert(group.unanswered().begin(), group.unanswered().end());
    }
    std::deque<pending_append> left;
    for (std::size_t i = 0; i != taken.size(); ++i)
        if (i >= reached || again.contains(&taken[i])) left.push_back(std::move(taken[i]));
    taken = std::move(left);
}

/// Takes times for all of the group's events; nothing, having answered everyone, when there are none to be had.
std::optional<recorded_at> partition_writer::reserve(append_group& group) {
    auto stamps = with_.clock.reserve(partition_, group.events().size());
    // Once, but for a process that stood still in between for longer than the bound is ahead.
    while (stamps.refused == errc::would_block) {
        try {
            with_.raise_bound();
        } catch (const error& e) {
            group.settle_failed(e.kind(), e.what());
            return std::nullopt;
        }
        stamps = with_.clock.reserve(partition_, group.events().size());
    }
    if (stamps.refused != errc::ok) {
        group.settle_failed(stamps.refused, "");
        return std::nullopt;
    }
    return stamps.first;
}

append_status partition_writer::commit(append_group& group, recorded_at first) {
    const auto began = with_.world.clock->elapsed_us();
    append_report report;
    if (with_.participants.empty()) {
        group.stamp(fence_.head, first, hasher_);
        report = with_.log.append(fence_, group.events());
    } else {
        report = append_with_participants(group, first);
    }
    if (report.status == append_status::outcome_unknown) report = resolve(group);
    const std::chrono::microseconds took{with_.world.clock->elapsed_us() - began};
    switch (report.status) {
        case append_status::committed:
            if (group.empty()) {  // all were refused
                with_.given_up();
                group.settle_committed();
                break;
            }
            is_set_up_ = true;
            with_.index.add(partition_, group.events());
            publish(group, took);
            group.settle_committed();
            break;
        case append_status::outcome_unknown:  // the stamps stay open: closed() must not pass what may yet appear
            in_doubt_ = group.first_id();
            with_.doubted();
            group.settle_failed(errc::outcome_unknown, report.detail);
            break;
        case append_status::fenced:
        case append_status::head_moved:
            with_.given_up();
            group.settle_failed(errc::fenced, report.detail);
            break;
        case append_status::retry_after:
            with_.given_up();
            group.settle_failed(report.cause == errc::ok ? errc::io_error : report.cause, report.detail);
            break;
    }
    return report.status;
}

append_report partition_writer::append_with_participants(append_group& group, recorded_at first) {
    auto& log = dynamic_cast<participating_log&>(with_.log);
    return log.append_decided(fence_, [&](group_transaction& in) {
        if (!is_set_up_) set_up(in);
        group.sift(fence_.head, first, [&](std::span<const event_view> events) { return ask(events, in); });
        group.stamp(fence_.head, first, hasher_);
        return group.events();
    });
}

void partition_writer::set_up(group_transaction& in) {
    in.begin_append();
    for (const auto& who : with_.participants) {
        const auto failed = [&](errc why, const std::exception& e) {
            return error(why, "setting " + std::string(who->name()) + " up: " + e.what());
        };
        try {
            who->set_up(partition_, in);
        } catch (const error& e) {
            throw failed(e.kind(), e);
        } catch (const std::exception& e) {
            throw failed(errc::io_error, e);
        }
    }
    in.keep_append();
}

/// Asks the participants about one append. When one refuses, nothing that they wrote for it stays.
std::optional<error> partition_writer::ask(std::span<const event_view> events, group_transaction& in) {
    in.begin_append();
    for (const auto& who : with_.participants) {
        std::optional<refusal> refused;
        try {
            refused = who->prepare(events, in);
        } catch (const error& e) {
            refused = {e.kind(), e.what()};
        } catch (const std::exception& e) {
            refused = {errc::io_error, e.what()};
        }
        if (!refused) continue;
        error why(refused->why, std::string(who->name()) + " refuses it" +
                                    (refused->text.empty() ? std::string() : ": " + refused->text));
        try {
            in.undo_append();
        } catch (const error&) {
            throw error(why);  // not a refusal but the end of the transaction: SQLite had no space, say
        }
        return why;
    }
    in.keep_append();
    return std::nullopt;
}

append_report partition_writer::resolve(const append_group& group) {
    std::string why;
    for (int attempt = 0; attempt != with_.limits.resolve_attempts; ++attempt) {
        try {
            if (with_.log.resolve(fence_, group.first_id())) return {};
            return {append_status::retry_after, errc::io_error, "the commit failed, and nothing was stored"};
        } catch (const error& e) {
            why = e.what();
        }
    }
    return {append_status::outcome_unknown, errc::outcome_unknown, why};
}

/// Before anything is appended after a group in doubt, finds out what became of it. When it was stored after all, the
/// index learns of it from the log. Returns false, having answered everyone, while the log still cannot tell.
bool partition_writer::settle_doubt(std::deque<pending_append>& taken) {
    if (!in_doubt_) return true;
    try {
        const auto before = fence_.head.at;
        if (with_.log.resolve(fence_, *in_doubt_)) {
            event_page stored;
            auto after = before;
            while (after < fence_.head.at) {
                stored.clear();
                after = with_.log
                            .read(partition_, after, {}, {}, payloads::skip,
                                  [&](const event_view& event) {
                                      stored.add(event);
                                      return true;
                                  })
                            .scanned_to;
                with_.index.add(partition_, stored.events());
            }
        }
    } catch (const error& e) {
        for (auto& append : taken)
            append.done(
                {error(errc::io_error, describe(append) + ": an earlier commit is still in doubt: " + e.what()), {}});
        taken.clear();
        return false;
    }
    in_doubt_.reset();
    with_.committed(fence_.head);
    return true;
}

void partition_writer::publish(const append_group& group, std::chrono::microseconds took) {
    with_.committed(fence_.head);
    if (with_.world.observer)
        with_.world.observer->on_group_commit({.partition = partition_,
                                               .appends = group.appends(),
                                               .events = group.events().size(),
                                               .bytes = group.bytes(),
                                               .took = took});
}

void partition_writer::close(std::chrono::steady_clock::time_point deadline) {
    std::deque<pending_append> left;
    {
        queue_lock lock(mutex_);
        closing_ = true;
        idle_or_room_.notify_all();
        const auto finished = [&] { return queue_.empty() && !running_; };
        while (!finished() && std::chrono::steady_clock::now() < deadline) {
            if (running_) {
                idle_or_room_.wait_until(lock, deadline, [&] { return !running_; });
            } else {
                run_groups(lock, nullptr);
                lock.lock();
            }
        }
        // What is queued is cancelled; what is in flight is waited for, so that no ack is lost.
        left.swap(queue_);
        queued_bytes_ = 0;
        idle_or_room_.wait(lock, finished);
    }
    for (auto& append : left) {
        auto outcome = refused(errc::store_closed, append, "the store was closed before its turn");
        outcome.cancelled = true;
        append.done(std::move(outcome));
    }
}

}  // namespace leftfold::inline v0
