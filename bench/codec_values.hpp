#pragma once
// Values that the codec is measured with, by the size of their JSON. The one of 190 bytes is item_changed.

#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// 40 bytes, flat.
struct deposited {
    std::string account = "alice-0042";
    std::int64_t cents = 123'456;
};
BOOST_DESCRIBE_STRUCT(deposited, (), (account, cents))

/// 200 bytes, nested.
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
struct ordered {
    std::string customer = "c-10023";
    address deliver_to;
    std::vector<order_line> lines = {{"A-1001", 2, 19.99}, {"B-2002", 1, 5.5}, {"C-3003", 10, 0.75}};
};
BOOST_DESCRIBE_STRUCT(ordered, (), (customer, deliver_to, lines))

}  // namespace bench
