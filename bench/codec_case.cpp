// The JSON codec beside Boost.JSON's document model with its conversion of described structs: same values, same text.

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <cstdint>
#include <string>

#include "cases.hpp"
#include "leftfold/framework/codec.hpp"

namespace bench {

namespace {

struct flat_40 {
    std::string account = "alice-0042";
    std::int64_t cents = 123'456;
};
BOOST_DESCRIBE_STRUCT(flat_40, (), (account, cents))

struct flat_190 {
    std::string from = "DE89370400440532013000";
    std::string to = "FR1420041010050500013M02606";
    std::int64_t cents = 1'234'567;
    std::string currency = "EUR";
    std::string reference = "invoice 2026-0315-17";
    std::int64_t at_us = 1'773'567'000'123'456;
    bool express = false;
    std::int32_t attempts = 2;
};
BOOST_DESCRIBE_STRUCT(flat_190, (), (from, to, cents, currency, reference, at_us, express, attempts))

struct order_line {
    std::string sku;
    std::int32_t qty{};
    double price{};
};
BOOST_DESCRIBE_STRUCT(order_line, (), (sku, qty, price))
struct address {
    std::string city = "Lyon";
    std::string street = "12 rue de la Paix";
};
BOOST_DESCRIBE_STRUCT(address, (), (city, street))
struct nested_200 {
    std::string customer = "c-10023";
    address deliver_to;
    std::vector<order_line> lines = {{"A-1001", 2, 19.99}, {"B-2002", 1, 5.5}, {"C-3003", 10, 0.75}};
};
BOOST_DESCRIBE_STRUCT(nested_200, (), (customer, deliver_to, lines))

/// Keeps the compiler from leaving out what made the value.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

template <class Once>
run repeat(double seconds, Once&& once) {
    constexpr int at_once = 256;
    run done;
    const stopwatch clock;
    while (clock.seconds() < seconds) {
        for (int i = 0; i < at_once; ++i) once();
        done.operations += at_once;
    }
    done.seconds = clock.seconds();
    return done;
}

template <class T>
void measure_one(workshop& in, const std::string& size, double decode_goal, double encode_goal,
                 std::vector<result>& out) {
    const auto seconds = in.chosen().seconds / 4;
    const T value;
    const std::string text = leftfold::to_json(value);
    std::string buffer;
    const auto decode =
        in.compare([&] { return repeat(seconds, [&] { keep(boost::json::value_to<T>(boost::json::parse(text))); }); },
                   [&] { return repeat(seconds, [&] { keep(leftfold::decode<T>(text)); }); });
    const auto encode = in.compare(
        [&] { return repeat(seconds, [&] { keep(boost::json::serialize(boost::json::value_from(value))); }); },
        [&] {
            return repeat(seconds, [&] {
                buffer.clear();
                leftfold::encode(value, buffer);
                keep(buffer);
            });
        });
    out.push_back(decode.against("codec_decode_" + size, "boost_json_dom", decode_goal));
    out.push_back(encode.against("codec_encode_" + size, "boost_json_dom", encode_goal));
}

}  // namespace

std::vector<result> codec(workshop& in) {
    std::vector<result> out;
    measure_one<flat_40>(in, "40", 3.5, 6, out);
    measure_one<flat_190>(in, "190", 2, 4, out);
    measure_one<nested_200>(in, "200_nested", 1.8, 4, out);
    return out;
}

}  // namespace bench
