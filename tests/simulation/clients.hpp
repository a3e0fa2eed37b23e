#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "simulation/machine.hpp"

namespace leftfold::simulation {

/// What all clients of a run share.
struct client_world {
    machine& at;
    oracle& told;
    scheduler& runs;
    chance& luck;
    trace& notes;
    stream_names names;
    /// How long a client thinks between two requests, at most.
    std::chrono::microseconds thinks{2'000};
    /// How often new work is begun; cleared when the run comes to its end.
    bool begins_new = true;
    std::int64_t operations = 0;
    std::int64_t duplicates = 0;  ///< appends that were sent though another was under way, or had been answered
};

/// Appends, waits for the answer, and asks again under the same ids until it has one that counts; now and then sends
/// twice at once, or repeats what was answered long ago, as a network does.
class appender {
public:
    explicit appender(client_world& world) : world_(world) {}

    /// Goes on with whatever comes next, now or later by itself.
    void begin();
    /// The machine fell: what was sent will not be answered.
    void cut_off();
    /// Whether it waits for nothing.
    bool is_idle() const { return !current_; }

private:
    void later(std::chrono::microseconds longest);
    void proceed();
    void draw();
    void send(std::int64_t number, attempt kind);
    void answered(std::int64_t number);

    client_world& world_;
    std::optional<std::int64_t> current_;
    int sends_ = 0;    // of the current one
    int awaited_ = 0;  // answers
    std::int64_t last_answered_ = -1;
    bool is_scheduled_ = false;
};

/// Reads streams, pages and merged parts of the log, and compares each event with the model.
class reader {
public:
    explicit reader(client_world& world) : world_(world) {}
    void begin();

private:
    void read();
    void read_stream();
    void read_page();
    void read_merged();
    void look_at_heads();

    client_world& world_;
};

}  // namespace leftfold::simulation
