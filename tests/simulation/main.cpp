// The simulation's own main(): --seed N is LEFTFOLD_SEED=N.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    for (int i = 1; i + 1 < count; ++i)
        if (std::string_view(arguments[i]) == "--seed") ::setenv("LEFTFOLD_SEED", arguments[i + 1], 1);
    return RUN_ALL_TESTS();
}
