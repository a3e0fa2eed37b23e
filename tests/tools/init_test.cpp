#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/child_process.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace init_test {

namespace fs = std::filesystem;
using test_support::run;

class command_line_init : public test_support::command_line {
protected:
    std::string text_of(const std::string& name) const {
        std::ifstream in(at(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

// That the project compiles, passes its test and runs is held by the consumption test of the same name.
TEST_F(command_line_init, writes_a_project_under_its_own_name) {
    const auto made = run({"init", at("web_shop/")});
    ASSERT_EQ(made.status, tools::success) << made.err;
    EXPECT_NE(text_of("web_shop/CMakeLists.txt").find("project(web_shop "), std::string::npos);
    EXPECT_NE(text_of("web_shop/src/main.cpp").find("open_sqlite(\"web_shop.store\")"), std::string::npos);
    EXPECT_NE(text_of("web_shop/tests/stock_test.cpp").find("given<stock>("), std::string::npos);
    EXPECT_NE(text_of("web_shop/.gitignore").find("/build/"), std::string::npos);
    for (const auto& each : fs::recursive_directory_iterator(at("web_shop"))) {
        if (!each.is_regular_file()) continue;
        const auto name = fs::relative(each.path(), directory_.path()).string();
        EXPECT_EQ(text_of(name).find("starter"), std::string::npos) << name;
    }
}

TEST_F(command_line_init, says_in_json_what_it_wrote) {
    const auto made = run({"init", at("shop"), "--json"});
    EXPECT_EQ(made.out, R"({"project":"shop","directory":")" + at("shop") +
                            R"(","files":[".gitignore","CMakeLists.txt","README.md","src/levels.hpp","src/main.cpp",)"
                            R"("src/stock.hpp","tests/stock_test.cpp"]})"
                            "\n");
}

TEST_F(command_line_init, fills_an_empty_directory_and_leaves_any_other_as_it_is) {
    fs::create_directory(at("empty"));
    EXPECT_EQ(run({"init", at("empty")}).status, tools::success);
    fs::create_directory(at("mine"));
    std::ofstream(at("mine/notes")) << "keep";
    EXPECT_EQ(run({"init", at("mine")}).status, tools::already_there);
    EXPECT_EQ(std::distance(fs::directory_iterator(at("mine")), {}), 1);
    EXPECT_EQ(run({"init", at("mine/notes")}).status, tools::already_there);
    EXPECT_EQ(text_of("mine/notes"), "keep");
}

TEST_F(command_line_init, refuses_names_that_could_not_be_built) {
    for (const std::string name : {"Shop", "9lives", "a-b", "a b", "é", "test", "all", "stock_test", "x;y"}) {
        EXPECT_EQ(run({"init", at(name)}).status, tools::usage) << name;
    }
    EXPECT_EQ(run({"init", ""}).status, tools::usage);
    EXPECT_EQ(run({"init", ".."}).status, tools::usage);
    EXPECT_EQ(run({"init", at(std::string(65, 'a'))}).status, tools::usage);
    EXPECT_EQ(run({"init", at("nowhere/shop")}).status, tools::not_there);
    EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(command_line_init, leaves_nothing_when_the_disk_takes_no_more) {
    test_support::child_process child([&](int) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit one_file_of_this{1'000, 1'000};
        ::setrlimit(RLIMIT_FSIZE, &one_file_of_this);
        return run({"init", at("shop")}).status;
    });
    EXPECT_EQ(child.wait(), tools::failed);
    EXPECT_TRUE(fs::is_empty(directory_.path()));
}

}  // namespace init_test
}  // namespace leftfold
