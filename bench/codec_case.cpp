// The JSON codec beside Boost.JSON's document model with its conversion of described structs: same values, same text.

#include <boost/json.hpp>
#include <string>

#include "cases.hpp"
#include "codec_values.hpp"
#include "domain.hpp"
#include "leftfold/framework/codec.hpp"

namespace bench {

namespace {

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
    measure_one<deposited>(in, "40", 3.5, 6, out);
    measure_one<item_changed>(in, "190", 2, 4, out);
    measure_one<ordered>(in, "200_nested", 1.8, 4, out);
    return out;
}

}  // namespace bench
