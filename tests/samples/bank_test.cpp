#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "bank/account.hpp"
#include "bank/story.hpp"
#include "leftfold/testing/given.hpp"
#include "samples/scratch.hpp"

namespace bank_test {

TEST(bank, tells_its_story) {
    scratch_directory scratch;
    std::ostringstream told;
    bank::tell_story(scratch / "bank", told);
    EXPECT_EQ(told.str(), R"(a withdrawal is refused, with nothing stored: 100000 asked for, 10000 there
a transfer within a branch: alice 3000, bob 2000
a transfer across branches is refused: the streams belong to different partitions
the aggregate:  now 7000, on March 15th 10000
the read model: now 7000, on March 15th 10000
2026-01: in 10000, out 0
2026-02: in 7000, out 2000
2026-04: in 0, out 3000
now 7000, on March 15th 10000
entered on April 10th: 2500 had been taken on March 14th
March 15th, as it was known then:        10000
March 15th, as it was, we know now:      7500
March 15th, as believed on that day:     10000
March 15th, as believed on April 11th:   7500
opened again under this machine's clock, and a cent more: 4501
)");
}

#ifdef BANK_PROGRAM
TEST(bank, is_asked_on_its_command_line_what_alices_balance_was_on_march_15th) {
    scratch_directory scratch;
    std::ostringstream told;
    bank::tell_story(scratch / "bank", told);
    const auto ask = [&](const std::string& words) {
        const auto answer = scratch / "answer";
        EXPECT_EQ(std::system(("'" BANK_PROGRAM "' " + words + " > " + answer.string()).c_str()), 0) << words;
        std::ostringstream text;
        text << std::ifstream(answer).rdbuf();
        return text.str();
    };
    EXPECT_EQ(ask("as-of " + (scratch / "bank/bank.store").string() + " account alice 2026-03-15"),
              "account-alice #2 account{balance_: 10000}\n");
    const auto store = (scratch / "bank/bank.store").string() + " account alice ";
    EXPECT_EQ(ask("as-of " + store + "--occurred 2026-03-15"), "account-alice #4 account{balance_: 7500}\n");
    EXPECT_EQ(ask("as-of " + store + "2026-03-15 --occurred 2026-03-15"),
              "account-alice #2 account{balance_: 10000}\n");
    EXPECT_EQ(ask("as-of " + store + "2026-04-11 --occurred 2026-03-15"), "account-alice #4 account{balance_: 7500}\n");
    EXPECT_EQ(ask("sql " + (scratch / "bank/bank.views.db").string() +
                  " \"SELECT cents FROM balances_as_of('2026-03-15') WHERE account = 'alice'\""),
              "10000\n");
    const auto rows = (scratch / "bank/bank.store").string() + " balances " +
                      (scratch / "bank/bank.views.db").string() + " balances ";
    EXPECT_EQ(ask("diff-rows " + rows + "2026-03-15 2026-04-03"), "~ alice $.cents: 10000 → 7000\n");
    EXPECT_EQ(ask("blame-row " + rows + "alice cents --as-of 2026-03-15"),
              "balances.cents ← bank.deposited #2, partition 1 offset 2, 2026-01-05T09:00:00.000001Z\n");
}
#endif

TEST(bank, a_decision_is_tested_without_a_store) {
    using namespace bank;
    using leftfold::testing::given;
    EXPECT_EQ(given<account>(opened{"Ann"}, deposited{50}).when(&account::withdraw, 20).then(withdrawn{20}), "");
    EXPECT_EQ(given<account>(deposited{10}).when(&account::withdraw, 20).then_throws<insufficient_funds>(), "");
    EXPECT_NE(given<account>(deposited{50}).when(&account::withdraw, 20).then(withdrawn{10}), "");
}

}  // namespace bank_test
