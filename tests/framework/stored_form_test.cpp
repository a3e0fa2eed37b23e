#include "leftfold/framework/stored_form.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "framework/json_types.hpp"
#include "leftfold/framework/fingerprint.hpp"
#include "leftfold/framework/to_text.hpp"

namespace stored_form_test {

/// A value type that refuses what it must not be.
class money {
public:
    money() = default;
    explicit money(std::int64_t cents) : cents_(cents) {
        if (cents < 0) throw std::invalid_argument("money is never negative");
    }
    std::int64_t cents() const { return cents_; }
    friend bool operator==(const money&, const money&) = default;

private:
    std::int64_t cents_{};
};

struct paid {
    static constexpr auto event_type = "bank.paid";
    money amount;
    std::optional<leftfold::event_id> command;
    leftfold::version seen;
    leftfold::recorded_at at;
    leftfold::cut cut;
    friend bool operator==(const paid&, const paid&) = default;
};
BOOST_DESCRIBE_STRUCT(paid, (), (amount, command, seen, at, cut))

struct paid_in_bare_numbers {
    std::int64_t amount{};
    std::optional<std::string> command;
    std::int64_t seen{};
    leftfold::instant at{};
    std::vector<std::int64_t> cut;
};
BOOST_DESCRIBE_STRUCT(paid_in_bare_numbers, (), (amount, command, seen, at, cut))

}  // namespace stored_form_test

using stored_form_test::money;

template <>
struct leftfold::stored_form<money> {
    using type = std::int64_t;
    static type to(const money& value) { return value.cents(); }
    static money from(type cents) { return money{cents}; }
};

namespace stored_form_test {

paid example() {
    return {money{5}, leftfold::parse_event_id("01927f3e-8c2a-7cc3-98c4-dc0c0c07398f"), leftfold::version{7},
            leftfold::recorded_at::from_micros(1), leftfold::cut{{leftfold::offset{3}, leftfold::offset{0}}}};
}

TEST(stored_form, strong_types_are_stored_as_what_they_hold) {
    const std::string json = leftfold::to_json(example());
    EXPECT_EQ(json, R"({"amount":5,"command":"01927f3e-8c2a-7cc3-98c4-dc0c0c07398f","seen":7,)"
                    R"("at":"1970-01-01T00:00:00.000001Z","cut":[3,0]})");
    EXPECT_EQ(leftfold::decode<paid>(json), example());
    EXPECT_EQ(leftfold::to_text(money{5}), "5");
    const leftfold::position where{leftfold::partition_id{2}, leftfold::offset{9}};
    EXPECT_EQ(leftfold::decode<leftfold::position>(leftfold::to_json(where)), where);
}

TEST(stored_form, introducing_one_changes_neither_bytes_nor_fingerprint) {
    static_assert(leftfold::fingerprint<paid>() == leftfold::fingerprint<paid_in_bare_numbers>());
    const auto bare = leftfold::decode<paid_in_bare_numbers>(leftfold::to_json(example()));
    EXPECT_EQ(leftfold::to_json(bare), leftfold::to_json(example()));
}

TEST(stored_form, a_refusal_by_the_type_is_an_error_with_the_place) {
    try {
        (void)leftfold::decode<std::vector<money>>("[1,-1]");
        FAIL();
    } catch (const leftfold::decode_error& error) {
        EXPECT_STREQ(error.what(), "$[1]: is refused by its type: money is never negative");
    }
    EXPECT_THROW((void)leftfold::decode<leftfold::event_id>("\"no id\""), leftfold::decode_error);
}

}  // namespace stored_form_test
