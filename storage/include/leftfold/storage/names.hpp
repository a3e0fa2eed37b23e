#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace leftfold::inline v0 {

/// The longest stream key, in bytes.
inline constexpr std::size_t stream_key_bytes_max = 1'024;

/// The longest category, event type and store name, in bytes.
inline constexpr std::size_t category_bytes_max = 64;
inline constexpr std::size_t event_type_bytes_max = 255;
inline constexpr std::size_t store_name_bytes_max = 64;

/// Names one stream: all events of one aggregate instance.
///
/// A category says what kind of thing it is (`account`), the key which one (`alice`). Written together as
/// `account-alice`: a category has no `-`, so the first one divides.
class stream_id {
public:
    stream_id() = default;

    /// Checks both names. Throws errc::invalid_name (or errc::invalid_utf8 for a key that is not UTF-8) with the
    /// reason.
    stream_id(std::string category, std::string key);

    /// Reads `category-key`, the form that to_string writes. Throws as the constructor does; errc::invalid_name for a
    /// text without a `-`.
    static stream_id parse(std::string_view text);

    const std::string& category() const { return category_; }
    const std::string& key() const { return key_; }

    friend auto operator<=>(const stream_id&, const stream_id&) = default;

private:
    std::string category_;
    std::string key_;
};

/// Writes `category-key`.
std::string to_string(const stream_id& stream);

/// Returns the part of a stream key that decides its partition: what stands between the first `{` and the next `}` when
/// that is not empty, else the whole key. Streams that share a routing key share a partition, whatever their
/// categories, and can be appended to in one atomic step (semantics 1).
std::string_view routing_key(std::string_view key);

/// Refuse a name that breaks its rule (semantics 2): throw errc::invalid_name or errc::invalid_utf8, and say which
/// rule.
///
/// A category is `[a-z][a-z0-9_.]{0,63}`; a stream key 1 to 1,024 bytes of UTF-8 without NUL; an event type 1 to 255
/// bytes of UTF-8 without control characters; a store name `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`.
void check_category(std::string_view category);
void check_stream_key(std::string_view key);
void check_event_type(std::string_view type);
void check_store_name(std::string_view name);

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes);

}  // namespace leftfold::inline v0
