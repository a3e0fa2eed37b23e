#pragma once
// Writes JSON text, one value after another. The walk over a C++ value that drives it is in codec_walk.hpp.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "leftfold/framework/decode_limits.hpp"
#include "leftfold/framework/detail/codec_path.hpp"

namespace leftfold::inline v0::detail {

/// The characters `"name":` of a member, made by the compiler.
template <class Descriptor>
inline constexpr auto member_key = [] {
    constexpr std::string_view name = Descriptor::name;
    std::array<char, name.size() + 3> key{};
    key[0] = '"';
    for (std::size_t i = 0; i < name.size(); ++i) key[i + 1] = name[i];
    key[name.size() + 1] = '"';
    key[name.size() + 2] = ':';
    return key;
}();

/// Appends JSON to a string through a small buffer of its own. Throws encode_error for what JSON cannot say; unless
/// `finish()` was reached, the string ends where it ended before.
class json_writer {
public:
    /// Writes to the end of `out`, which must outlive the writer. `event_type` is only named in errors.
    json_writer(std::string& out, std::string_view event_type)
        : out_(out), size_before_(out.size()), event_type_(event_type) {}
    json_writer(const json_writer&) = delete;
    json_writer& operator=(const json_writer&) = delete;
    ~json_writer() {
        if (!finished_) out_.resize(size_before_);
    }

    /// Hands the last characters over. Nothing may be written after it.
    void finish() {
        flush();
        finished_ = true;
    }

    void null() { literal("null"); }
    void boolean(bool value) { value ? literal("true") : literal("false"); }
    void integer(std::int64_t value);
    void integer(std::uint64_t value);
    void number(double value);
    void number(float value);
    void string(std::string_view text);
    void bytes(std::span<const std::byte> bytes);
    void raw(std::string_view json);
    /// Writes an instant as RFC 3339 in UTC, given in ticks of 1 / `ticks_per_second` since 1970.
    void time(std::int64_t ticks, std::int64_t ticks_per_second);

    template <class Struct>
    void open_struct() {
        enter();
    }
    /// Writes `{"name":` or `,"name":`; the member's value follows.
    template <class Descriptor>
    void member(bool is_first) {
        constexpr auto& key = member_key<Descriptor>;
        static_assert(key.size() < buffer_size);
        make_room(key.size() + 1);
        *at_++ = is_first ? '{' : ',';
        std::memcpy(at_, key.data(), key.size());
        at_ += key.size();
    }
    void close_struct(bool is_empty) {
        leave();
        is_empty ? literal("{}") : put('}');
    }

    void open_array() {
        enter();
        put('[');
    }
    void close_array() {
        leave();
        put(']');
    }
    void open_map() {
        enter();
        put('{');
    }
    void map_key(std::string_view key) {
        string(key);
        put(':');
    }
    void close_map() {
        leave();
        put('}');
    }
    void separator() { put(','); }

    /// Writes an enumerator's name.
    void name(std::string_view name) { string(name); }

    /// Writes `{"tag":`; the alternative's value and `close_alternative()` follow.
    void open_alternative(std::string_view tag) {
        open_map();
        map_key(tag);
    }
    void close_alternative() { close_map(); }

    /// Refuses the value at the present path.
    [[noreturn]] void fail(std::string reason) const;

    const path_link*& path() { return path_; }

private:
    static constexpr std::size_t buffer_size = 1024;

    /// What no reader would take is not written.
    void enter() {
        if (++depth_ > decode_limits{}.depth_max) refuse_depth();
    }
    void leave() { --depth_; }
    [[noreturn]] void refuse_depth() const;

    void make_room(std::size_t size) {
        if (static_cast<std::size_t>(buffer_ + buffer_size - at_) < size) flush();
    }
    void flush() {
        out_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
        at_ = buffer_;
    }
    void put(char c) {
        make_room(1);
        *at_++ = c;
    }
    template <std::size_t Size>
    void literal(const char (&text)[Size]) {
        make_room(Size - 1);
        std::memcpy(at_, text, Size - 1);
        at_ += Size - 1;
    }
    void append(const char* text, std::size_t size);
    const char* write_special(const char* at, const char* end);

    std::string& out_;
    std::size_t size_before_;
    std::string_view event_type_;
    const path_link* path_ = nullptr;
    std::size_t depth_ = 0;
    bool finished_ = false;
    char* at_ = buffer_;
    char buffer_[buffer_size];
};

}  // namespace leftfold::inline v0::detail
