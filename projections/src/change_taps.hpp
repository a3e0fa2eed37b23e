#pragma once

#include <map>
#include <memory>
#include <string>

#include "leftfold/projections/projection_base.hpp"
#include "leftfold/projections/row_recorder.hpp"
#include "tap_queue.hpp"

namespace leftfold::inline v0::detail {

/// Who follows the tables of one model. For the thread that steps it; only what it gives to tables to be told is safe
/// from several.
class change_taps {
public:
    change_taps();
    /// Ends all taps: nobody folds any more.
    ~change_taps();
    change_taps(const change_taps&) = delete;
    change_taps& operator=(const change_taps&) = delete;

    /// Whether nobody ever followed.
    bool empty() const { return recorders_.empty(); }

    void add(const std::string& table, const std::shared_ptr<tap_queue>& tap);
    /// Lets the tables of an instance that are followed tell their changes, and the others none.
    void listen_to(projection_base& instance);

    /// As tap_queue. Publish() returns whether a table is followed no more, and is to tell nothing from now on.
    bool publish(recorded_at through);
    void discard();
    void end(errc why, const std::string& text);

private:
    class recorder;
    std::map<std::string, std::unique_ptr<recorder>> recorders_;  // by table, of all that were ever followed
};

}  // namespace leftfold::inline v0::detail
