#include "leftfold/storage/error.hpp"

#include <gtest/gtest.h>

namespace error_test {

using namespace leftfold;

TEST(error, says_what_was_being_done_and_what_went_wrong) {
    const error thrown(errc::disk_full, "appending to account-alice");
    EXPECT_EQ(thrown.kind(), errc::disk_full);
    EXPECT_EQ(thrown.code(), errc::disk_full);
    EXPECT_STREQ(thrown.what(), "appending to account-alice: no space is left on the disk");
    EXPECT_STREQ(thrown.code().category().name(), "leftfold");
}

TEST(error, is_false_only_for_ok) {
    EXPECT_FALSE(make_error_code(errc::ok));
    EXPECT_TRUE(make_error_code(errc::corrupt));
}

TEST(error, a_code_of_another_version_has_a_message_too) {
    EXPECT_EQ(error_category().message(12345), "an unknown error");
}

}  // namespace error_test
