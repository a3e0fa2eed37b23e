#include "leftfold/storage/error.hpp"
#include "simulation/clients.hpp"

namespace leftfold::simulation {

namespace {

/// What a client may believe of a stream: mostly what is so, sometimes what was.
expected_version draw_expectation(version head, chance& luck) {
    switch (luck.below(8)) {
        case 0:
        case 1:
        case 2:
            return expected_version::exactly(head);
        case 3:
            return luck.one_in(4) ? expected_version::none() : expected_version::exactly(head);
        case 4:
            return head > version{} ? expected_version::exists() : expected_version::any();
        case 5:
            return luck.one_in(4) && head > version{} ? expected_version::exactly(head.plus(-1))
                                                      : expected_version::any();
        default:
            return expected_version::any();
    }
}

}  // namespace

void appender::begin() { later(world_.thinks); }

void appender::later(std::chrono::microseconds longest) {
    if (is_scheduled_) return;
    is_scheduled_ = true;
    world_.runs.after(std::chrono::microseconds{world_.luck.between(0, longest.count())}, [this] {
        is_scheduled_ = false;
        proceed();
    });
}

void appender::proceed() {
    if (!world_.at.is_up()) return later(std::chrono::milliseconds{50});
    if (awaited_ != 0) return;
    if (!current_) {
        if (!world_.begins_new) return;
        if (last_answered_ >= 0 && world_.told.asked(last_answered_).has_ids && world_.luck.one_in(30)) {
            current_ = last_answered_;  // a delivery that comes once more, long after
            sends_ = 1;
            ++world_.duplicates;
        } else {
            draw();
        }
    }
    const auto number = *current_;
    const auto& wanted = world_.told.asked(number);
    const auto is_twice = wanted.has_ids && world_.luck.one_in(20);
    auto kind = sends_ == 0 ? attempt::first : attempt::retry;
    if (sends_ == 0 && !is_twice && world_.luck.one_in(2)) kind = attempt::fresh;
    awaited_ = is_twice ? 2 : 1;
    world_.duplicates += awaited_ - 1;
    send(number, kind);
    if (is_twice && world_.at.is_up()) send(number, kind);
}

void appender::draw() {
    const auto number = world_.told.next_request();
    auto wanted = draw_request(number, world_.names, world_.luck);
    for (auto& part : wanted.streams)
        part.expected = draw_expectation(world_.told.log().head(part.stream), world_.luck);
    world_.told.ask(std::move(wanted));
    current_ = number;
    sends_ = 0;
}

void appender::send(std::int64_t number, attempt kind) {
    ++sends_;
    world_.notes.note("send", number, static_cast<std::int64_t>(kind));
    world_.told.sent(number);
    world_.at.store().start_append(
        world_.told.asked(number).streams, {.attempt = kind},
        [this, number, life = world_.at.life()](std::error_code failed, append_result outcome) {
            if (life->is_over) return;
            world_.told.answered(number, failed, outcome);
            answered(number);
        });
}

void appender::answered(std::int64_t number) {
    if (--awaited_ > 0) return;
    const auto& wanted = world_.told.asked(number);
    if (!wanted.has_ids && !wanted.is_answered) world_.told.gave_up(number);
    if (wanted.is_answered) {
        ++world_.operations;
        current_.reset();
        if (wanted.stored) last_answered_ = number;
    }
    later(current_ ? std::chrono::microseconds{20'000} : world_.thinks);
}

void appender::cut_off() {
    if (awaited_ == 0) return;
    const auto number = *current_;
    for (; awaited_ > 0; --awaited_) world_.told.cut_off(number);
    if (!world_.told.asked(number).has_ids) {
        world_.told.gave_up(number);
        current_.reset();
    }
    later(std::chrono::milliseconds{50});
}

}  // namespace leftfold::simulation
