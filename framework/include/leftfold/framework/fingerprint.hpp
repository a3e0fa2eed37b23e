#pragma once
// A number for the shape of a type, made by the compiler. Stored beside a snapshot or a read model, it tells later code
// whether those bytes still mean what its types say.

#include <cstdint>
#include <string_view>

#include "leftfold/framework/codec_kinds.hpp"

namespace leftfold::inline v0 {
namespace detail {

/// Sums characters by FNV-1a, 64 bits: simple enough to be written down in a format document and computed anywhere.
class shape_hash {
public:
    constexpr void text(std::string_view text) {
        for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    constexpr void number(std::uint64_t number) {
        char digits[20]{};
        std::size_t first = sizeof digits;
        do {
            digits[--first] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        text({digits + first, sizeof digits - first});
    }
    constexpr std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0xcbf29ce484222325;
};

/// A list of the structs that are being described, outermost first.
template <class... Ts>
struct open_structs {};

template <class T, class... Open>
constexpr std::size_t position_of(open_structs<Open...>) {
    std::size_t position = 0;
    (void)((std::is_same_v<T, Open> || (++position, false)) || ...);
    return position;
}

template <class T, class Sink, class... Open>
constexpr void describe_shape(Sink& sink, open_structs<Open...> open);

template <class T, class Sink, class... Open>
constexpr void describe_struct(Sink& sink, open_structs<Open...> open) {
    if constexpr (position_of<T>(open) < sizeof...(Open)) {
        sink.text("^");
        sink.number(position_of<T>(open));
    } else {
        sink.text("{");
        with_descriptors(static_cast<member_list<T>*>(nullptr), [&]<class... Descriptors>() {
            [[maybe_unused]] const auto describe = [&]<class Descriptor>(Descriptor) {
                check_member<T, Descriptor>();
                if constexpr (!is_transient<member_type<Descriptor>>::value) {
                    sink.text(Descriptor::name);
                    sink.text(":");
                    describe_shape<member_type<Descriptor>>(sink, open_structs<Open..., T>{});
                    sink.text(",");
                }
            };
            (describe(Descriptors{}), ...);
        });
        sink.text("}");
    }
}

template <class T, class Sink>
constexpr void describe_enumeration(Sink& sink) {
    sink.text("enum(");
    with_descriptors(static_cast<boost::describe::describe_enumerators<T>*>(nullptr), [&]<class... Descriptors>() {
        [[maybe_unused]] const auto describe = [&]<class Descriptor>(Descriptor) {
            const auto value = static_cast<std::underlying_type_t<T>>(Descriptor::value);
            sink.text(Descriptor::name);
            sink.text("=");
            if constexpr (std::is_signed_v<decltype(value)>) {
                if (value < 0) sink.text("-");
                sink.number(value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value));
            } else {
                sink.number(static_cast<std::uint64_t>(value));
            }
            sink.text(",");
        };
        (describe(Descriptors{}), ...);
    });
    sink.text(")");
}

template <class T, class Sink>
constexpr void describe_number(Sink& sink) {
    sink.text(std::is_floating_point_v<T> ? "f" : std::is_signed_v<T> ? "i" : "u");
    sink.number(sizeof(T) * 8);
}

template <class Duration, class Sink>
constexpr void describe_duration(Sink& sink) {
    sink.number(static_cast<std::uint64_t>(Duration::period::num));
    sink.text("/");
    sink.number(static_cast<std::uint64_t>(Duration::period::den));
    sink.text(":");
    describe_number<typename Duration::rep>(sink);
}

template <class... Ts, class Sink, class Open>
constexpr void describe_variant(Sink& sink, Open open, std::type_identity<std::variant<Ts...>>) {
    const auto describe = [&]<class T>(std::type_identity<T>) {
        if constexpr (!std::is_same_v<T, std::monostate>) sink.text(variant_tag<T>());
        sink.text("=");
        describe_shape<T>(sink, open);
        sink.text("|");
    };
    sink.text("(");
    (describe(std::type_identity<Ts>{}), ...);
    sink.text(")");
}

template <class T, class Sink, class... Open>
constexpr void describe_shape(Sink& sink, open_structs<Open...> open) {
    constexpr kind as = kind_of<T>();
    if constexpr (as == kind::boolean) {
        sink.text("bool");
    } else if constexpr (as == kind::integer || as == kind::number) {
        describe_number<T>(sink);
    } else if constexpr (as == kind::string) {
        sink.text("str");
    } else if constexpr (as == kind::bytes) {
        sink.text("bytes");
    } else if constexpr (as == kind::raw) {
        sink.text("raw");
    } else if constexpr (as == kind::nothing) {
        sink.text("null");
    } else if constexpr (as == kind::represented) {
        describe_shape<typename stored_form<T>::type>(sink, open);
    } else if constexpr (as == kind::enumeration) {
        describe_enumeration<T>(sink);
    } else if constexpr (as == kind::optional) {
        sink.text("opt ");
        describe_shape<typename T::value_type>(sink, open);
    } else if constexpr (as == kind::sequence) {
        sink.text("vec ");
        describe_shape<typename T::value_type>(sink, open);
    } else if constexpr (as == kind::array) {
        sink.text("array");
        sink.number(std::tuple_size_v<T>);
        sink.text(" ");
        describe_shape<typename T::value_type>(sink, open);
    } else if constexpr (as == kind::map) {
        sink.text("map ");
        describe_shape<typename T::mapped_type>(sink, open);
    } else if constexpr (as == kind::time) {
        sink.text("time ");
        describe_duration<typename T::duration>(sink);
    } else if constexpr (as == kind::duration) {
        sink.text("duration ");
        describe_duration<T>(sink);
    } else if constexpr (as == kind::variant) {
        describe_variant(sink, open, std::type_identity<T>{});
    } else if constexpr (as == kind::structure) {
        describe_struct<T>(sink, open);
    } else {
        (void)sizeof(this_type_cannot_be_stored_describe_it_with_BOOST_DESCRIBE<T>);
    }
}

}  // namespace detail

/// Returns the fingerprint of T's shape: FNV-1a, 64 bits, over a text such as `{owner:str,cents:i64,}`.
///
/// It is made of what is stored and of nothing else: names of members, enumerators and alternatives, sizes and signs of
/// numbers, units of time, and how they nest. Names of C++ types, spellings of a compiler, `transient` members, order
/// of declaration of unrelated things and may-be-missing marks are no part of it. So a type may be renamed or moved,
/// `long` equals `long long`, and g++ and clang agree for ever; a member added, removed, renamed, moved or retyped
/// changes it. What a member *means* is not seen: say so with a new `revision`.
///
/// The grammar of the text is in docs/codec.md. Costs nothing at run time.
template <class T>
consteval std::uint64_t fingerprint() {
    detail::shape_hash hash;
    detail::describe_shape<T>(hash, detail::open_structs<>{});
    return hash.value();
}

}  // namespace leftfold::inline v0
