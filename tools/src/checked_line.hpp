#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace leftfold::inline v0::tools {

// A line of JSON that is one object of texts, the last of which, `lfcrc`, is the CRC-32C of the line's bytes before it:
// so that any altered byte is found. Exports are made of such lines, and so are notes on how far a store has come.

/// Adds a member to a line that is being written, which begins empty.
void add_member(std::string& line, std::string_view name, std::string_view text);

/// Ends the line with its checksum. No line break at the end.
std::string close_line(std::string line);

/// Checks a line's checksum and returns what stands before it. Throws errc::corrupt when they do not agree,
/// errc::invalid_event when there is none.
std::string_view open_line(std::string_view line);

/// The members of an opened line. Each function throws errc::invalid_event, naming the member, for one that is not
/// there or not of that kind; the constructor, when the line is not an object.
class line_members {
public:
    explicit line_members(std::string_view opened);

    bool has(std::string_view name) const { return all_.contains(name); }
    std::string text(std::string_view name) const;
    std::int64_t number(std::string_view name) const;

private:
    boost::json::object all_;
};

}  // namespace leftfold::inline v0::tools
