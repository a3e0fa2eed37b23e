// A million random values of each kind are written and read back: each must come back as it was.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "framework/json_types.hpp"

namespace json_round_trip_test {

using namespace codec_types;

constexpr int values_per_kind = 1'000'000;

/// The seed of the run, so that a failure can be repeated.
std::uint64_t seed_of_run() {
    const char* const given = std::getenv("LEFTFOLD_SEED");
    return given == nullptr ? 20'260'315 : std::strtoull(given, nullptr, 10);
}

/// A source of random values of every kind. Small sizes and edges are drawn often, since that is where mistakes live.
class generator {
public:
    std::uint64_t bits() { return engine_(); }
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

    template <class T>
    T integer() {
        switch (below(8)) {
            case 0:
                return std::numeric_limits<T>::min();
            case 1:
                return std::numeric_limits<T>::max();
            case 2:
                return static_cast<T>(below(4));
            default:
                return static_cast<T>(bits() >> below(64));
        }
    }

    /// A number of random bits, so of every magnitude, subnormal ones included.
    template <class Float, class Bits>
    Float number() {
        for (;;) {
            const auto value = std::bit_cast<Float>(static_cast<Bits>(bits()));
            if (std::isfinite(value)) return value;
        }
    }

    /// Text with characters of every length in UTF-8 and every one that needs an escape.
    std::string text() {
        std::string text;
        for (auto size = below(24); size > 0; --size) {
            switch (below(8)) {
                case 0:
                    text += static_cast<char>(below(0x20));
                    break;
                case 1:
                    text += "\"\\/\x7f"[below(4)];
                    break;
                case 2:
                    append(text, 0x80 + below(0x780));
                    break;
                case 3:
                    append(text, below(2) != 0 ? 0x800 + below(0xD000) : 0xE000 + below(0x2000));
                    break;
                case 4:
                    append(text, 0x10000 + below(0x100000));
                    break;
                default:
                    text += static_cast<char>(0x20 + below(0x5F));
            }
        }
        return text;
    }

    line any_line() { return {text(), integer<std::int32_t>()}; }

    node any_node(std::size_t depth) {
        node value;
        if (depth > 0)
            for (auto size = below(3); size > 0; --size) value.children.push_back(any_node(depth - 1));
        return value;
    }

    template <class T, class Make>
    std::vector<T> several(Make&& make) {
        std::vector<T> values;
        for (auto size = below(5); size > 0; --size) values.push_back(make());
        return values;
    }

private:
    static void append(std::string& text, std::uint64_t code) {
        const auto put = [&](std::uint64_t byte) { text += static_cast<char>(byte); };
        if (code < 0x800) {
            put(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12);
            put(0x80 | (code >> 6 & 0x3F));
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 0x3F));
            put(0x80 | (code >> 6 & 0x3F));
        }
        put(0x80 | (code & 0x3F));
    }

    std::mt19937_64 engine_{seed_of_run()};
};

/// Equality, but of bits for numbers: -0 is not 0.
template <class T>
bool is_same(const T& left, const T& right) {
    if constexpr (std::is_floating_point_v<T>)
        return left == right && std::signbit(left) == std::signbit(right);
    else
        return left == right;
}

template <class Make>
void expect_round_trips(const char* kind, Make&& make) {
    generator random;
    std::string json;
    int differences = 0;
    for (int i = 0; i < values_per_kind; ++i) {
        const auto value = make(random);
        json.clear();
        leftfold::encode(value, json);
        if (!is_same(leftfold::decode<std::remove_const_t<decltype(value)>>(json), value) && ++differences < 5)
            ADD_FAILURE() << kind << " came back changed from " << json << ", seed " << seed_of_run();
    }
    std::cout << "json round trip of " << kind << ": " << values_per_kind << " values, " << differences
              << " differences\n";
}

TEST(json_round_trip, booleans_and_integers_of_every_width) {
    expect_round_trips("bool", [](generator& g) { return g.below(2) != 0; });
    expect_round_trips("int8", [](generator& g) { return g.integer<std::int8_t>(); });
    expect_round_trips("uint8", [](generator& g) { return g.integer<std::uint8_t>(); });
    expect_round_trips("int16", [](generator& g) { return g.integer<std::int16_t>(); });
    expect_round_trips("uint16", [](generator& g) { return g.integer<std::uint16_t>(); });
    expect_round_trips("int32", [](generator& g) { return g.integer<std::int32_t>(); });
    expect_round_trips("uint32", [](generator& g) { return g.integer<std::uint32_t>(); });
    expect_round_trips("int64", [](generator& g) { return g.integer<std::int64_t>(); });
    expect_round_trips("uint64", [](generator& g) { return g.integer<std::uint64_t>(); });
}

TEST(json_round_trip, numbers_of_random_bits) {
    expect_round_trips("double", [](generator& g) { return g.number<double, std::uint64_t>(); });
    expect_round_trips("float", [](generator& g) { return g.number<float, std::uint32_t>(); });
}

TEST(json_round_trip, strings_with_every_escape_and_length_of_character) {
    expect_round_trips("string", [](generator& g) { return g.text(); });
}

TEST(json_round_trip, bytes) {
    expect_round_trips("bytes", [](generator& g) {
        return g.several<std::byte>([&] { return static_cast<std::byte>(g.below(256)); });
    });
}

TEST(json_round_trip, enumerators_optionals_and_variants) {
    expect_round_trips("enum", [](generator& g) {
        constexpr colour all[] = {colour::red, colour::green, colour::blue};
        return all[g.below(3)];
    });
    expect_round_trips("optional", [](generator& g) {
        return g.below(2) != 0 ? std::optional<std::int64_t>{g.integer<std::int64_t>()} : std::nullopt;
    });
    expect_round_trips("variant", [](generator& g) {
        const auto choice = g.below(3);
        return choice == 0 ? payment{} : choice == 1 ? payment{card{g.text()}} : payment{cash{}};
    });
}

TEST(json_round_trip, containers) {
    expect_round_trips("vector",
                       [](generator& g) { return g.several<std::int64_t>([&] { return g.integer<std::int64_t>(); }); });
    expect_round_trips("array", [](generator& g) {
        return std::array<double, 2>{g.number<double, std::uint64_t>(), g.number<double, std::uint64_t>()};
    });
    expect_round_trips("map", [](generator& g) {
        std::map<std::string, std::uint32_t> values;
        for (auto size = g.below(4); size > 0; --size) values[g.text()] = g.integer<std::uint32_t>();
        return values;
    });
}

TEST(json_round_trip, times_and_durations) {
    // The years 0000 to 9999 in microseconds; 1677 to 2262 in nanoseconds.
    expect_round_trips("time in microseconds", [](generator& g) {
        const auto since_year_0 = static_cast<std::int64_t>(g.below(315'569'520'000'000'000));
        return std::chrono::sys_time<std::chrono::microseconds>{
            std::chrono::microseconds{since_year_0 - 62'167'219'200'000'000}};
    });
    expect_round_trips("time in nanoseconds", [](generator& g) {
        return std::chrono::system_clock::time_point{std::chrono::nanoseconds{g.integer<std::int64_t>()}};
    });
    expect_round_trips("duration", [](generator& g) { return std::chrono::nanoseconds{g.integer<std::int64_t>()}; });
}

TEST(json_round_trip, raw_json) {
    expect_round_trips("raw json", [](generator& g) {
        const std::string space(g.below(3), ' ');
        return leftfold::raw_json{"[" + space + leftfold::to_json(g.text()) + "," + space +
                                  leftfold::to_json(g.number<double, std::uint64_t>()) + "]"};
    });
}

TEST(json_round_trip, nested_structs) {
    expect_round_trips("struct", [](generator& g) {
        return ordered{g.text(), g.several<line>([&] { return g.any_line(); })};
    });
    expect_round_trips("recursive struct", [](generator& g) { return g.any_node(6); });
}

}  // namespace json_round_trip_test
