#pragma once
// Shows any described value to a person.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "leftfold/framework/detail/codec_walk.hpp"

namespace leftfold::inline v0 {
namespace detail {

/// Writes values as text for people. Takes what codec_walk.hpp gives, as json_writer does, but refuses nothing.
class text_writer {
public:
    void null() { text_ += "none"; }
    void boolean(bool value) { text_ += value ? "true" : "false"; }
    void integer(std::int64_t value);
    void integer(std::uint64_t value);
    void number(double value);
    void number(float value);
    void string(std::string_view text);
    void bytes(std::span<const std::byte> bytes);
    void raw(std::string_view json) { text_ += json; }
    void time(std::int64_t ticks, std::int64_t ticks_per_second);

    template <class Struct>
    void open_struct() {
        (text_ += type_name<Struct>()) += '{';
    }
    template <class Descriptor>
    void member(bool is_first) {
        if (!is_first) separator();
        (text_ += Descriptor::name) += ": ";
    }
    void close_struct(bool) { text_ += '}'; }

    void open_array() { text_ += '['; }
    void close_array() { text_ += ']'; }
    void open_map() { text_ += '{'; }
    void map_key(std::string_view key) {
        string(key);
        text_ += ": ";
    }
    void close_map() { text_ += '}'; }
    void separator() { text_ += ", "; }
    void name(std::string_view name) { text_ += name; }
    void open_alternative(std::string_view) {}
    void close_alternative() {}

    void fail(std::string_view reason) { (((text_ += '<') += reason) += '>'); }
    const path_link*& path() { return path_; }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
    const path_link* path_ = nullptr;
};

}  // namespace detail

/// Returns `value` as text for people: `deposited{cents: 50}`, `["a", "b"]`, `{"key": 1}`. Optional members without a
/// value and transient members are left out. Made for differences in tests and texts of errors: it is not stored,
/// cannot be read back, and may change between versions.
template <class T>
std::string to_text(const T& value) {
    detail::text_writer writer;
    detail::walk(writer, value);
    return writer.take();
}

}  // namespace leftfold::inline v0
