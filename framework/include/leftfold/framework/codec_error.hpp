#pragma once
// What goes wrong between a value and its stored form.

#include <string>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

/// Reports that a value could not be read from, or written as, its stored form.
///
/// Its code is errc::invalid_event. `what()` reads `bank.ordered: $.lines[1].qty: wants an integer in range, got "2"`.
/// Nothing was changed: a value that fails to decode is never published, and the buffer of a failed encode ends where
/// it ended before.
class codec_error : public error {
public:
    codec_error(std::string event_type, std::string path, std::string reason);

    const char* what() const noexcept override { return text_.c_str(); }

    /// The durable name of the event (or other stored type) that was being read or written; empty if it has none.
    const std::string& event_type() const noexcept { return event_type_; }

    /// Where in the value, as a JSON path: `$` is the whole, `$.lines[1].qty` a member of an element of a member.
    const std::string& path() const noexcept { return path_; }

    /// What was wrong there, with the offending text shortened.
    const std::string& reason() const noexcept { return reason_; }

private:
    std::string event_type_;
    std::string path_;
    std::string reason_;
    std::string text_;
};

/// Reports stored bytes that do not say a value of the wanted type.
class decode_error : public codec_error {
public:
    using codec_error::codec_error;
};

/// Reports a value that has no stored form: a number that is not finite, text that is not UTF-8, an enumerator without
/// a name.
class encode_error : public codec_error {
public:
    using codec_error::codec_error;
};

}  // namespace leftfold::inline v0
