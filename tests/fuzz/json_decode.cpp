// Any bytes at all, read as a struct of every kind: they are refused, or come back the same after another round.

#include <cstdlib>
#include <map>
#include <vector>

#include "leftfold/framework/codec.hpp"

namespace {

enum class colour { red, green };
BOOST_DESCRIBE_ENUM(colour, red, green)

struct card {
    static constexpr auto tag = "card";
    std::string number;
};
BOOST_DESCRIBE_STRUCT(card, (), (number))

struct node {
    std::int8_t i{};
    std::uint64_t u{};
    double d{};
    float f{};
    std::string s;
    std::vector<std::byte> b;
    colour c{};
    std::optional<bool> o;
    std::array<int, 2> a{};
    std::map<std::string, node> m;
    std::vector<node> v;
    std::variant<std::monostate, card> p;
    leftfold::raw_json r;
    static constexpr leftfold::members<&node::i, &node::u, &node::d, &node::f, &node::s, &node::b, &node::c, &node::a,
                                       &node::m, &node::v, &node::p, &node::r>
        may_be_missing{};
};
BOOST_DESCRIBE_STRUCT(node, (), (i, u, d, f, s, b, c, o, a, m, v, p, r))

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    try {
        const auto value = leftfold::decode<node>({reinterpret_cast<const char*>(data), size});
        const std::string once = leftfold::to_json(value);
        if (leftfold::to_json(leftfold::decode<node>(once)) != once) std::abort();
    } catch (const leftfold::decode_error&) {
        return 0;
    }
    return 0;
}
