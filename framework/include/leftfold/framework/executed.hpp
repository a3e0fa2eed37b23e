#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "leftfold/storage/position.hpp"

namespace leftfold::inline v0 {

/// Names a command for ever, so that sending it twice does it once: the id of a request, of a message, of a form.
/// Commands are told apart within one stream; the same id may be used on another.
struct command_id {
    command_id() = default;
    explicit command_id(std::string text) : value(std::move(text)) {}

    std::string value{};
};

/// A command that was carried out.
struct executed {
    /// Where the command's last event stands: what to wait for in a read model. A command that raised nothing has the
    /// place of the stream's last event as it was loaded, with offset 0 when there is none.
    leftfold::position position{};
    /// The version of the stream after the command.
    leftfold::version version{};
    /// How many events it raised. An earlier execution's count, when the command had been executed before.
    std::size_t events = 0;
    /// How often the decision ran; 0 when the command had been executed before.
    int attempts = 0;
};

}  // namespace leftfold::inline v0
