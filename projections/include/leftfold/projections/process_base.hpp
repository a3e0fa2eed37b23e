#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "leftfold/projections/recorded.hpp"

namespace leftfold::inline v0 {

/// What every process is, whatever its events.
class process_base {
public:
    virtual ~process_base() = default;

protected:
    process_base() = default;
    process_base(const process_base&) = default;
    process_base& operator=(const process_base&) = default;
};

namespace detail {

class reaction_core;

/// What takes an event on its way to an instance.
class delivery {
public:
    virtual ~delivery() = default;

    /// Returns the instance of that key, ready to be changed.
    virtual process_base& instance(const std::string& key) = 0;
    /// Returns where that instance may ask for commands and deadlines; nullptr while events are only noted again.
    virtual reaction_core* asked() = 0;
};

/// What to do with one type of event or message.
struct process_handler {
    std::string_view type;
    void (*deliver)(std::string_view payload, const recorded& at, delivery& to);
};

/// What a process declares, without its type.
struct process_type {
    std::string_view name;
    std::span<const process_handler> events;
    /// What it sends itself: deadlines, and refusals if it takes them.
    std::span<const process_handler> messages;
    std::unique_ptr<process_base> (*make)();
    std::unique_ptr<process_base> (*copy)(const process_base& of);
    bool (*is_finished)(const process_base& of);
};

}  // namespace detail
}  // namespace leftfold::inline v0
