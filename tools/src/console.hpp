#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace leftfold::inline v0::tools {

/// Where a command reads and writes, and in which form its answer is wanted.
struct console {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool json = false;
    bool terminal = false;  // whether a person watches standard error
    /// Whether nobody will read `out` any more: for a command that may wait long before it writes again.
    std::function<bool()> reader_is_gone = [] { return false; };

    /// Writes one JSON object a line, however the answer is wanted otherwise. Throws as line() does.
    void write(const boost::json::object& object) const;
    /// Writes a line of text. Throws errc::disk_full or io_error when it cannot be written.
    void line(std::string_view text) const;
    /// Hands on what was written so far. Throws as line() does.
    void flush() const;
    /// Tells a person something beside the answer: a line on `err`.
    void note(std::string_view text) const;
};

/// A bar on standard error for what takes long, drawn at most ten times a second and only for a person.
class progress_bar {
public:
    progress_bar(const console& on, std::string what);
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    void show(std::int64_t done, std::int64_t all);

private:
    const console& console_;
    const std::string what_;
    std::chrono::steady_clock::time_point drawn_{};
    bool visible_ = false;
};

}  // namespace leftfold::inline v0::tools
