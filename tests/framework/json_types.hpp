#pragma once
// Types that the codec's tests share.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "leftfold/framework/codec.hpp"

namespace codec_types {

enum class colour : std::int16_t { red = -1, green = 2, blue = 300 };
BOOST_DESCRIBE_ENUM(colour, red, green, blue)

struct line {
    std::string sku;
    std::int32_t qty{};
    friend bool operator==(const line&, const line&) = default;
};
BOOST_DESCRIBE_STRUCT(line, (), (sku, qty))

struct ordered {
    static constexpr auto event_type = "shop.ordered";
    std::string customer;
    std::vector<line> lines;
    friend bool operator==(const ordered&, const ordered&) = default;
};
BOOST_DESCRIBE_STRUCT(ordered, (), (customer, lines))

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    std::int64_t cents{};
    std::string currency = "EUR";
    std::optional<std::string> note;
    static constexpr leftfold::members<&deposited::currency> may_be_missing{};
    friend bool operator==(const deposited&, const deposited&) = default;
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents, currency, note))

struct sealed {
    static constexpr bool closed = true;
    int number{};
};
BOOST_DESCRIBE_STRUCT(sealed, (), (number))

struct card {
    static constexpr auto tag = "card";
    std::string number;
    friend bool operator==(const card&, const card&) = default;
};
BOOST_DESCRIBE_STRUCT(card, (), (number))

struct cash {
    static constexpr auto tag = "cash";
    friend bool operator==(const cash&, const cash&) = default;
};
BOOST_DESCRIBE_STRUCT(cash, (), ())

using payment = std::variant<std::monostate, card, cash>;

struct node {
    std::vector<node> children;
    friend bool operator==(const node&, const node&) = default;
};
BOOST_DESCRIBE_STRUCT(node, (), (children))

struct stamped {
    std::chrono::sys_time<std::chrono::microseconds> at;
    friend bool operator==(const stamped&, const stamped&) = default;
};
BOOST_DESCRIBE_STRUCT(stamped, (), (at))

struct stamped_line : stamped, line {
    bool gift{};
    friend bool operator==(const stamped_line&, const stamped_line&) = default;
};
BOOST_DESCRIBE_STRUCT(stamped_line, (stamped, line), (gift))

class counter {
public:
    counter() = default;
    counter(int count, int cached) : count_(count), cached_(cached) {}
    int count() const { return count_; }
    int cached() const { return cached_; }

private:
    int count_{};
    leftfold::transient<int> cached_;
    BOOST_DESCRIBE_CLASS(counter, (), (), (), (count_, cached_))
};

struct everything {
    bool yes{};
    std::int8_t i8{};
    std::uint16_t u16{};
    std::int64_t i64{};
    std::uint64_t u64{};
    double real{};
    float small{};
    std::string text;
    std::vector<std::byte> bytes;
    colour paint{};
    std::optional<line> maybe;
    std::vector<bool> flags;
    std::array<std::int32_t, 3> triple{};
    std::map<std::string, std::vector<line>> by_name;
    std::unordered_map<std::string, double> prices;
    std::chrono::system_clock::time_point at{};
    std::chrono::milliseconds timeout{};
    payment paid;
    leftfold::raw_json extra;
    friend bool operator==(const everything&, const everything&) = default;
};
BOOST_DESCRIBE_STRUCT(everything, (),
                      (yes, i8, u16, i64, u64, real, small, text, bytes, paint, maybe, flags, triple, by_name, prices,
                       at, timeout, paid, extra))

}  // namespace codec_types
