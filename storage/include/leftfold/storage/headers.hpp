#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace leftfold::inline v0 {

/// The headers that leftfold itself reads or writes.
namespace header_name {
inline constexpr std::string_view content_type = "content-type";
inline constexpr std::string_view correlation_id = "correlation-id";
inline constexpr std::string_view causation_id = "causation-id";
inline constexpr std::string_view actor = "actor";
inline constexpr std::string_view traceparent = "traceparent";
inline constexpr std::string_view command_id = "command-id";
}  // namespace header_name

/// What an event without a content-type header holds.
inline constexpr std::string_view default_content_type = "application/json";

/// Headers of an event, borrowed from where they are stored: an ordered multimap of bytes.
///
/// Names are UTF-8 of 1 to 255 bytes without NUL, may repeat, and keep their order; values may hold any byte. Iterating
/// decodes in place and allocates nothing. Valid as long as the bytes that it was made from.
class headers_view {
public:
    using value_type = std::pair<std::string_view, std::string_view>;

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = headers_view::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = const value_type&;

        iterator() = default;
        explicit iterator(std::string_view rest) : rest_(rest) { read(); }

        const value_type& operator*() const { return current_; }
        const value_type* operator->() const { return &current_; }
        iterator& operator++() {
            read();
            return *this;
        }
        iterator operator++(int) {
            auto before = *this;
            read();
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) {
            return a.at_end_ == b.at_end_ && (a.at_end_ || a.rest_.size() == b.rest_.size());
        }

    private:
        void read();

        std::string_view rest_;
        value_type current_;
        bool at_end_ = true;
    };

    headers_view() = default;
    /// From the stored form. Bytes that are not well formed read as fewer headers; is_well_formed() tells.
    explicit headers_view(std::string_view encoded) : encoded_(encoded) {}

    iterator begin() const { return iterator(encoded_); }
    iterator end() const { return {}; }
    bool empty() const { return encoded_.empty(); }

    /// Returns the first value of that name.
    std::optional<std::string_view> find(std::string_view name) const;

    /// Returns the stored form: for each header, the name's length and the value's length as little-endian 32-bit
    /// numbers, then the bytes of both (docs/storage_format.md).
    std::string_view encoded() const { return encoded_; }

    bool is_well_formed() const;

private:
    std::string_view encoded_;
};

/// Headers that own their bytes, kept in the stored form: what a caller fills and an event carries.
class headers {
public:
    headers() = default;
    headers(std::initializer_list<std::pair<std::string_view, std::string_view>> entries);
    explicit headers(headers_view view) : encoded_(view.encoded()) {}

    /// Adds a header at the end; one of the same name stays. Throws errc::invalid_name for a name that is empty, over
    /// 255 bytes or not UTF-8.
    headers& add(std::string_view name, std::string_view value);

    headers_view view() const { return headers_view(encoded_); }
    // NOLINTNEXTLINE(google-explicit-constructor): a view of oneself loses nothing
    operator headers_view() const { return view(); }

    auto begin() const { return view().begin(); }
    auto end() const { return view().end(); }
    bool empty() const { return encoded_.empty(); }
    std::optional<std::string_view> find(std::string_view name) const { return view().find(name); }
    std::string_view encoded() const { return encoded_; }

    friend bool operator==(const headers&, const headers&) = default;

private:
    std::string encoded_;
};

/// Returns the content type that the headers name, or the default, `application/json`.
std::string_view content_type(headers_view headers);

}  // namespace leftfold::inline v0
