#include "leftfold/storage/append.hpp"

#include "storage/expect_error.hpp"

namespace append_test {

using namespace leftfold;

TEST(expected_version, holds_as_its_name_says) {
    const std::array versions{version{0}, version{1}, version{5}};
    const auto holds = [&](expected_version expected) {
        std::string answer;
        for (const auto actual : versions) answer += expected.holds_for(actual) ? '+' : '-';
        return answer;
    };
    EXPECT_EQ(holds(expected_version::any()), "+++");
    EXPECT_EQ(holds(expected_version::none()), "+--");
    EXPECT_EQ(holds(expected_version::exists()), "-++");
    EXPECT_EQ(holds(expected_version::exactly(version{5})), "--+");
    EXPECT_EQ(expected_version::exactly(version{}), expected_version::none());
}

TEST(expected_version, reads_as_a_clause) {
    EXPECT_EQ(to_string(expected_version::any()), "any version");
    EXPECT_EQ(to_string(expected_version::none()), "no event");
    EXPECT_EQ(to_string(expected_version::exists()), "at least one event");
    EXPECT_EQ(to_string(expected_version::exactly(version{7})), "version 7");
}

TEST(append_result, taking_the_value_of_a_conflict_throws_and_says_which) {
    const append_result refused = conflict{.stream = stream_id("account", "alice"),
                                           .expected = expected_version::exactly(version{3}),
                                           .actual = version{5},
                                           .missed = {}};
    const auto text = expect_error(errc::invalid_argument, [&] { (void)refused.value(); });
    EXPECT_NE(text.find("expected version 3 in account-alice, found version 5"), std::string::npos) << text;
}

}  // namespace append_test
