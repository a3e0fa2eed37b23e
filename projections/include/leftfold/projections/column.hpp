#pragma once
// How a C++ value becomes one SQL value, and back.

#include <chrono>
#include <cmath>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "leftfold/framework/codec.hpp"
#include "leftfold/framework/codec_kinds.hpp"
#include "leftfold/projections/cells.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/time.hpp"

namespace leftfold::inline v0::detail {

template <class T>
struct is_time_on : std::false_type {};
template <class Axis>
struct is_time_on<time_on<Axis>> : std::true_type {};

// What the compiler prints in its first line when a member of a row has a type that no column can hold.
template <class T>
struct this_type_cannot_be_a_column_describe_it_with_BOOST_DESCRIBE;
template <class T>
struct a_column_holds_times_to_the_microsecond_and_this_type_is_finer;

/// What a column is declared as in SQL.
enum class affinity { integer, real, text, blob };

[[noreturn]] void refuse_value(std::string_view column, std::string_view why);
[[noreturn]] void found_wrong_value(std::string_view column, std::string_view why);

template <class T>
consteval affinity affinity_of() {
    if constexpr (is_time_on<T>::value) return affinity::integer;
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::optional) return affinity_of<typename T::value_type>();
    if constexpr (as == kind::represented) return affinity_of<typename stored_form<T>::type>();
    if constexpr (as == kind::boolean || as == kind::integer || as == kind::time || as == kind::duration)
        return affinity::integer;
    if constexpr (as == kind::number) return affinity::real;
    if constexpr (as == kind::bytes) return affinity::blob;
    return affinity::text;
}

/// Whether a cell of T is bytes in memory, and not a number.
template <class T>
consteval bool has_bytes() {
    return affinity_of<T>() == affinity::text || affinity_of<T>() == affinity::blob;
}

/// Whether a value of T may have no place in a column: then each changed row is tried before its event counts as
/// applied.
template <class T>
consteval bool may_be_refused() {
    if constexpr (is_time_on<T>::value) return false;
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::optional) return may_be_refused<typename T::value_type>();
    if constexpr (as == kind::represented) return may_be_refused<typename stored_form<T>::type>();
    if constexpr (as == kind::integer) return std::same_as<T, std::uint64_t> || std::same_as<T, unsigned long long>;
    return as != kind::boolean && as != kind::time && as != kind::duration && as != kind::string && as != kind::bytes;
}

/// Writes one value as one cell. Numbers, text, times and bytes become what SQL has for them, enumerators their name,
/// strong types what they hold; everything that has parts becomes JSON text, as the codec writes it. Throws
/// errc::invalid_argument for a value that has no place: an integer above 2^63 - 1, a number that is not one, an
/// enumerator without a name.
template <class T>
void write_cell(cell_writer& out, const T& value, std::string_view column) {
    constexpr kind as = kind_of<T>();
    if constexpr (is_time_on<T>::value) {
        out.integer(value.micros());
    } else if constexpr (as == kind::represented) {
        using stored = typename stored_form<T>::type;
        if constexpr (std::is_reference_v<decltype(stored_form<T>::to(value))> || !has_bytes<stored>()) {
            write_cell<stored>(out, stored_form<T>::to(value), column);
        } else {  // a text that is made here does not outlive this line
            keeping_cells kept(out);
            write_cell<stored>(kept, stored_form<T>::to(value), column);
        }
    } else if constexpr (as == kind::boolean) {
        out.integer(value ? 1 : 0);
    } else if constexpr (as == kind::integer) {
        if constexpr (may_be_refused<T>())
            if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
                refuse_value(column, "an integer above 9223372036854775807");
        out.integer(static_cast<std::int64_t>(value));
    } else if constexpr (as == kind::number) {
        if (std::isnan(value)) refuse_value(column, "a number that is not one (NaN)");
        out.real(static_cast<double>(value));
    } else if constexpr (as == kind::string) {
        out.text(value);
    } else if constexpr (as == kind::enumeration) {
        const std::string_view name = enumerator_name(value);
        if (name.empty()) refuse_value(column, "a value that is none of the enumeration's own");
        out.text(name);
    } else if constexpr (as == kind::optional) {
        if (value)
            write_cell(out, *value, column);
        else
            out.null();
    } else if constexpr (as == kind::time) {
        using period = typename T::duration::period;
        if constexpr (std::ratio_less_v<period, std::micro>)
            (void)sizeof(a_column_holds_times_to_the_microsecond_and_this_type_is_finer<T>);
        out.integer(std::chrono::duration_cast<std::chrono::microseconds>(value.time_since_epoch()).count());
    } else if constexpr (as == kind::duration) {
        out.integer(static_cast<std::int64_t>(value.count()));
    } else if constexpr (as == kind::bytes) {
        out.blob({reinterpret_cast<const char*>(value.data()), value.size()});
    } else if constexpr (as == kind::unsupported) {
        (void)sizeof(this_type_cannot_be_a_column_describe_it_with_BOOST_DESCRIBE<T>);
    } else {
        std::string& json = out.scratch();
        encode_json(value, json);
        out.text(json);
    }
}

/// Reads what write_cell wrote. Throws errc::corrupt when the cell does not hold a T.
template <class T>
void read_cell(cell_reader& in, T& value, std::string_view column) {
    constexpr kind as = kind_of<T>();
    if constexpr (is_time_on<T>::value) {
        value = T::from_micros(in.integer());
    } else if constexpr (as == kind::represented) {
        typename stored_form<T>::type stored{};
        read_cell(in, stored, column);
        value = stored_form<T>::from(std::move(stored));
    } else if constexpr (as == kind::boolean) {
        value = in.integer() != 0;
    } else if constexpr (as == kind::integer) {
        const std::int64_t number = in.integer();
        if (!std::in_range<T>(number)) found_wrong_value(column, "an integer out of range");
        value = static_cast<T>(number);
    } else if constexpr (as == kind::number) {
        value = static_cast<T>(in.real());
    } else if constexpr (as == kind::string) {
        value = in.text();
    } else if constexpr (as == kind::enumeration) {
        const auto found = enumerator_value<T>(in.text());
        if (!found) found_wrong_value(column, "a name that is none of the enumeration's own");
        value = *found;
    } else if constexpr (as == kind::optional) {
        if (in.null())
            value.reset();
        else
            read_cell(in, value.emplace(), column);
    } else if constexpr (as == kind::time) {
        value = T{std::chrono::duration_cast<typename T::duration>(std::chrono::microseconds{in.integer()})};
    } else if constexpr (as == kind::duration) {
        value = T{static_cast<typename T::rep>(in.integer())};
    } else if constexpr (as == kind::bytes) {
        const auto bytes = in.blob();
        const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
        value.assign(first, first + bytes.size());
    } else {
        value = decode_json<T>(in.text());
    }
}

/// Whether two values are the same. Asks `==` where there is one, else compares described members, else JSON.
template <class T>
bool same_value(const T& a, const T& b) {
    if constexpr (std::equality_comparable<T>) {
        return a == b;
    } else if constexpr (kind_of<T>() == kind::structure) {
        return with_descriptors(static_cast<member_list<T>*>(nullptr), [&]<class... Descriptors>() {
            return (same_value(a.*Descriptors::pointer, b.*Descriptors::pointer) && ...);
        });
    } else {
        return to_json(a) == to_json(b);
    }
}

}  // namespace leftfold::inline v0::detail
