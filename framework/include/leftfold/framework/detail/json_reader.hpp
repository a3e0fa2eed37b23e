#pragma once
// Reads JSON text, one value after another, as the wanted type asks for it. Everything that knows JSON is in
// json_reader.cpp; the templates in json_decode.hpp only choose what to ask for.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "leftfold/framework/decode_limits.hpp"
#include "leftfold/framework/detail/codec_path.hpp"

namespace leftfold::inline v0::detail {

class json_reader;

/// How the reader fills one member of a struct.
struct member_reader {
    std::string_view key;  // as the writer writes it: "name":
    void (*read)(json_reader&, void* object);

    std::string_view name() const { return key.substr(1, key.size() - 3); }
};

/// How the reader fills a struct: its members in the order in which they are written, a bit each in `required`.
struct struct_reader {
    const member_reader* members;
    std::size_t size;
    std::uint64_t required;
    bool closed;
};

/// A place in a JSON text, and the questions that can be asked there. Each function reads one value, or throws
/// decode_error with the path, what was wanted and what stands there.
class json_reader {
public:
    /// Reads `json`, which must outlive the reader. `event_type` is only named in errors.
    json_reader(std::string_view json, std::string_view event_type, const decode_limits& limits);
    json_reader(const json_reader&) = delete;
    json_reader& operator=(const json_reader&) = delete;

    /// Refuses anything but white space after the value.
    void finish();

    /// Passes `null` if that is what comes, and says so.
    bool null();
    bool boolean();
    std::int64_t integer(std::int64_t min, std::int64_t max);
    std::uint64_t natural(std::uint64_t max);
    double number();
    float small_number();
    void string(std::string& text);
    void bytes(std::string& bytes);
    std::string_view raw();
    /// Reads an instant of RFC 3339 as ticks of 1 / `ticks_per_second` since 1970.
    std::int64_t time(std::int64_t ticks_per_second);
    void structure(const struct_reader& type, void* object);
    /// Passes `{"tag":` and gives the tag, valid until the next call; the value and `close_alternative()` follow.
    std::string_view open_alternative();
    void close_alternative();

    /// Where the next value begins, for fail_wanted.
    const char* place();
    /// Refuses the value at `place`: "wants …, got …".
    [[noreturn]] void fail_wanted(const char* place, std::string_view wanted) const;
    /// Refuses the value at the present path.
    [[noreturn]] void fail(std::string reason) const;

    const path_link*& path() { return path_; }

private:
    friend class array_cursor;
    friend class map_cursor;

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }
    bool next_is(char c) {
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    void enter();
    void leave() { --depth_; }
    std::string_view text(std::string& scratch);
    const char* append_escaped(const char* at, std::string& out) const;
    std::uint32_t hex4(const char* at) const;
    std::string_view key();
    std::size_t find_member(const struct_reader& type);
    void ignore_member(const struct_reader& type, std::vector<std::string>& ignored, path_scope& here);
    void check_members(const struct_reader& type, std::uint64_t seen, std::vector<std::string>& ignored,
                       path_scope& here) const;
    template <class Float>
    Float floating();
    void skip_value();
    void skip_number();
    void skip_word(std::string_view word);
    [[noreturn]] void fail_syntax(const char* at, std::string_view what) const;

    const char* at_;
    const char* const begin_;
    const char* const end_;
    std::string_view event_type_;
    std::size_t depth_ = 0;
    std::size_t depth_max_;
    const path_link* path_ = nullptr;
    std::string scratch_;
};

/// Walks an array: `for (array_cursor a{in}; a.next();) read the element;`.
class array_cursor {
public:
    explicit array_cursor(json_reader& in);
    ~array_cursor() { in_.leave(); }
    /// Says whether another element comes, and passes what is before it.
    bool next();
    /// How many elements `next` has announced.
    std::size_t count() const { return count_; }

private:
    json_reader& in_;
    path_scope here_;
    std::size_t count_ = 0;
};

/// Walks an object whose keys are data: `for (map_cursor m{in}; m.next();) { m.key(); read the value; }`.
class map_cursor {
public:
    explicit map_cursor(json_reader& in);
    ~map_cursor() { in_.leave(); }
    /// Says whether another member comes, and passes its key.
    bool next();
    const std::string& key() const { return key_; }

private:
    json_reader& in_;
    path_scope here_;
    std::string key_;
    bool is_first_ = true;
};

}  // namespace leftfold::inline v0::detail
