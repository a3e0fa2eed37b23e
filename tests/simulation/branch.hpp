#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulation/history.hpp"
#include "simulation/log_listener.hpp"
#include "simulation/watched_log.hpp"

namespace leftfold::simulation {

/// A fork of the store and the model of its log, which begins with what the trunk's model had at the cut. Of what the
/// trunk has recorded since, the fork knows nothing: not an event, not a version, not an id.
class branch final : public log_listener {
public:
    branch(std::string path, history told) : path_(std::move(path)), told_(std::move(told)) {}

    const std::string& path() const { return path_; }

    /// The fork is open, in a process; compares it with the model.
    void begin(event_store opened, std::shared_ptr<process_life> life);
    /// Its process goes.
    void end() { store_.reset(); }
    bool is_open() const { return store_.has_value(); }

    /// Appends what the trunk was asked for once, under the same ids. It is stored here, or was already: no later than
    /// at the cut, or by the fork itself.
    void append(std::int64_t request, const std::vector<stream_append>& streams);
    /// Reads a stream from its first version on.
    void read(const stream_id& stream);

    void offered(partition_id partition, std::span<const event_view> group) override { told_.offer(partition, group); }
    void committed(partition_id partition) override;
    void dropped(partition_id partition) override { told_.drop(partition); }

private:
    void complain(const std::string& what) { told_.found().complain(path_ + ": " + what); }

    std::string path_;
    history told_;
    std::optional<event_store> store_;
    std::shared_ptr<process_life> life_;
};

}  // namespace leftfold::simulation
