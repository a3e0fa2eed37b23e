#pragma once
// The columns of a described row, and the functions that move it into and out of them: all that the code below the
// templates knows of a row.

#include <array>
#include <span>
#include <string_view>

#include "leftfold/framework/describe.hpp"
#include "leftfold/framework/fingerprint.hpp"
#include "leftfold/projections/column.hpp"

namespace leftfold::inline v0::detail {

struct column {
    std::string_view name;
    affinity holds;
    bool nullable;
    /// Of text that the codec or an enumeration made: the fingerprint of its type. Else 0.
    std::uint64_t text_shape;
};

/// A row's type without the type: function pointers over `const void*`.
struct row_type {
    std::span<const column> columns;
    /// Which column is the key.
    std::size_t key;
    void (*write)(const void* row, cell_writer& out);
    void (*write_key)(const void* key, cell_writer& out);
};

/// Whether a member is a column: all are but the transient ones.
template <class Descriptor>
inline constexpr bool is_column = !is_transient<member_type<Descriptor>>::value;

template <class Row>
consteval std::size_t columns_of() {
    return with_descriptors(static_cast<member_list<Row>*>(nullptr), []<class... Descriptors>() {
        return (std::size_t{0} + ... + (is_column<Descriptors> ? 1 : 0));
    });
}

template <class T>
consteval std::uint64_t text_shape_of() {
    if constexpr (is_optional<T>::value)
        return text_shape_of<typename T::value_type>();
    else if constexpr (affinity_of<T>() == affinity::text && kind_of<T>() != kind::string)
        return fingerprint<T>();
    else
        return 0;
}

template <class Row>
consteval auto make_columns() {
    std::array<column, columns_of<Row>()> made{};
    std::size_t next = 0;
    const auto add = [&]<class Descriptor>(Descriptor) {
        using member = member_type<Descriptor>;
        if constexpr (is_column<Descriptor>)
            made[next++] = {Descriptor::name, affinity_of<member>(), kind_of<member>() == kind::optional,
                            text_shape_of<member>()};
    };
    with_descriptors(static_cast<member_list<Row>*>(nullptr),
                     [&]<class... Descriptors>() { (add(Descriptors{}), ...); });
    return made;
}

template <class Row>
inline constexpr auto columns = make_columns<Row>();

/// Returns the number of the column that a member pointer names, or the number of columns when it names none.
template <class Row, auto Member>
consteval std::size_t column_number() {
    std::size_t number = 0;
    bool found = false;
    const auto look = [&]<class Descriptor>(Descriptor) {
        if constexpr (is_column<Descriptor>) {
            found = found || same_pointer<Descriptor::pointer, Member>();
            if (!found) ++number;
        }
    };
    with_descriptors(static_cast<member_list<Row>*>(nullptr),
                     [&]<class... Descriptors>() { (look(Descriptors{}), ...); });
    return number;
}

template <class Row>
consteval bool row_may_be_refused() {
    return with_descriptors(static_cast<member_list<Row>*>(nullptr), []<class... Descriptors>() {
        return ((is_column<Descriptors> && may_be_refused<member_type<Descriptors>>()) || ...);
    });
}

template <class Row>
void write_row(const Row& row, cell_writer& out) {
    for_each_member(row, [&](std::string_view name, const auto& member) { write_cell(out, member, name); });
}

template <class Row>
Row read_row(cell_reader& in) {
    Row row{};
    for_each_member(row, [&](std::string_view name, auto& member) { read_cell(in, member, name); });
    return row;
}

/// Whether all columns of two rows are the same.
template <class Row>
bool same_row(const Row& a, const Row& b) {
    const auto same = [&]<class Descriptor>(Descriptor) {
        if constexpr (is_column<Descriptor>) return same_value(a.*Descriptor::pointer, b.*Descriptor::pointer);
        return true;
    };
    return with_descriptors(static_cast<member_list<Row>*>(nullptr),
                            [&]<class... Descriptors>() { return (same(Descriptors{}) && ...); });
}

template <class Row, class KeyType, std::size_t KeyColumn>
inline constexpr row_type row_type_of{
    columns<Row>, KeyColumn, [](const void* row, cell_writer& out) { write_row(*static_cast<const Row*>(row), out); },
    [](const void* key, cell_writer& out) {
        write_cell(out, *static_cast<const KeyType*>(key), columns<Row>[KeyColumn].name);
    }};

}  // namespace leftfold::inline v0::detail
