// Holds the sources to the rules of the house, and shows that every rule can fail.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tidy/rules.hpp"

namespace tidy_test {

using tidy::make_source;

const std::map<std::string, std::string> no_reasons;

std::string joined(const std::vector<tidy::finding>& findings) {
    std::string text;
    for (const auto& finding : findings) text += finding + "\n";
    return text;
}

/// What the rules find in one file, which another one includes.
std::string findings_in(const std::string& path, const std::string& text) {
    const auto name = path.substr(path.rfind('/') + 1);
    const std::vector<tidy::source> files{make_source(path, text),
                                          make_source("tests/user.cpp", "#include \"" + name + "\"\n")};
    return joined(tidy::all_findings(files, no_reasons));
}

TEST(tidy, the_project_keeps_the_rules_of_the_house) {
    const auto files = tidy::read_project(LEFTFOLD_SOURCE_DIR);
    ASSERT_GT(files.size(), 10U);
    const auto listed = std::ranges::find(files, "tests/tidy/long_files.txt", &tidy::source::path);
    ASSERT_NE(listed, files.end());
    const auto reasons = tidy::parse_reasons(listed->text);
    EXPECT_EQ(joined(tidy::all_findings(files, reasons)), "");
    for (const auto& [path, reason] : reasons) {
        EXPECT_NE(std::ranges::find(files, path, &tidy::source::path), files.end()) << path << " is listed but gone";
        EXPECT_FALSE(reason.empty()) << path << " is listed without a reason";
    }
}

TEST(tidy, a_line_over_120_columns_is_found) {
    const std::string fits(120, 'x');
    EXPECT_EQ(findings_in("storage/src/a.cpp", "// " + fits.substr(3) + "\n"), "");
    EXPECT_EQ(findings_in("storage/src/a.cpp", "\n// " + fits + "\n"), "storage/src/a.cpp:2: 123 columns, 120 fit\n");
}

TEST(tidy, a_line_is_measured_in_characters_and_not_in_bytes) {
    std::string line = "// ";
    for (int i = 0; i < 117; ++i) line += "é";
    EXPECT_EQ(findings_in("storage/src/a.cpp", line + "\n"), "");
}

TEST(tidy, an_include_that_climbs_is_found) {
    EXPECT_EQ(findings_in("storage/src/a.cpp", "#include <leftfold/framework/aggregate.hpp>\n"),
              "storage/src/a.cpp:1: storage may not include leftfold/framework/aggregate.hpp: it is not below\n");
    EXPECT_EQ(findings_in("testing/src/a.cpp", "#include \"leftfold/projections/table.hpp\"\n"),
              "testing/src/a.cpp:1: testing may not include leftfold/projections/table.hpp: it is not below\n");
    EXPECT_EQ(findings_in("testing/projections/src/a.cpp", "#include \"leftfold/projections/table.hpp\"\n"), "");
    EXPECT_NE(findings_in("framework/src/a.cpp", "#include <leftfold/projections/engine.hpp>\n"), "");
    EXPECT_EQ(findings_in("projections/src/a.cpp", "#include <leftfold/framework/aggregate.hpp>\n"), "");
}

TEST(tidy, each_banned_call_is_found_with_its_replacement) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"auto t = std::chrono::system_clock::now();", "read the injected wall clock"},
        {"std::random_device seed;", "draw from the injected random source"},
        {"std::thread worker([] {});", "ask the injected executor"},
        {"std::jthread worker([] {});", "ask the injected executor"},
        {"auto later = std::async([] {});", "ask the injected executor"},
        {"std::this_thread::sleep_for(1s);", "sleeping is not waiting"},
        {"flags |= SQLITE_OPEN_URI;", "a name is never a URI"},
        {"co_await something();", "write a state machine"},
        {"std::cerr << 1;", "the library never prints"},
        {"std::printf(text);", "the library never prints"},
    };
    for (const auto& [text, replacement] : cases) {
        EXPECT_NE(findings_in("storage/src/a.cpp", text + "\n").find(replacement), std::string::npos) << text;
    }
}

TEST(tidy, a_comment_or_a_message_may_name_what_is_banned) {
    EXPECT_EQ(findings_in("storage/src/a.cpp", "// never system_clock::now\n/* std::thread\n random_device */\n"), "");
    EXPECT_EQ(findings_in("storage/src/a.cpp", "fail(\"sleep_for\", R\"x(co_await \" std::cout)x\", 1'000);\n"), "");
    EXPECT_NE(findings_in("storage/src/a.cpp", "f(\"a \\\" b\"); std::random_device d;\n"), "");
}

TEST(tidy, tests_may_start_threads_but_not_sleep) {
    EXPECT_EQ(findings_in("tests/storage/a.cpp", "std::thread writer([] {});\n"), "");
    EXPECT_NE(findings_in("tests/storage/a.cpp", "std::this_thread::sleep_for(1s);\n"), "");
}

TEST(tidy, a_public_header_that_shows_sqlite_is_found) {
    EXPECT_NE(findings_in("storage/include/leftfold/storage/a.hpp", "#include <sqlite3.h>\n"), "");
    EXPECT_EQ(findings_in("storage/src/sqlite/a.hpp", "#include <sqlite3.h>\n"), "");
}

TEST(tidy, sql_built_from_strings_is_found) {
    EXPECT_NE(findings_in("tools/src/a.cpp", "run(\"SELECT * FROM t WHERE a = \" + value);\n"), "");
    EXPECT_NE(findings_in("tools/src/a.cpp", "run(fmt::format(\"DELETE FROM {}\", name));\n"), "");
    EXPECT_EQ(findings_in("tools/src/a.cpp", "run(\"SELECT * FROM t WHERE a = ?\", value);\n"), "");
}

TEST(tidy, a_switched_off_test_is_found) {
    EXPECT_NE(findings_in("tests/storage/a.cpp", "TEST(log, DISABLED_reads) {}\n"), "");
    EXPECT_NE(findings_in("tests/storage/a.cpp", "GTEST_SKIP() << 1;\n"), "");
    EXPECT_NE(findings_in("tests/storage/a.cpp", "#if 0\n#endif\n"), "");
}

TEST(tidy, a_file_of_tests_without_its_namespace_is_found) {
    EXPECT_NE(findings_in("tests/storage/log_test.cpp", "namespace {\n}\n"), "");
    EXPECT_NE(findings_in("tests/storage/log_test.cpp", "// namespace log_test {\n"), "");
    EXPECT_EQ(findings_in("tests/storage/log_test.cpp", "namespace log_test {\n}\n"), "");
}

TEST(tidy, a_path_of_one_machine_is_found) {
    EXPECT_NE(findings_in("docs/a.md", "See /home/ann/notes.\n"), "");
    EXPECT_EQ(findings_in("docs/a.md", "See build/asan/bin.\n"), "");
}

TEST(tidy, a_file_over_400_lines_needs_a_listed_reason) {
    std::string text;
    for (int i = 0; i < 401; ++i) text += "int x;\n";
    EXPECT_NE(findings_in("storage/src/a.cpp", text), "");
    const auto reasons = tidy::parse_reasons("# comment\nstorage/src/a.cpp: one table\n");
    EXPECT_EQ(joined(tidy::all_findings({make_source("storage/src/a.cpp", text)}, reasons)), "");
}

TEST(tidy, a_header_that_nothing_includes_is_found) {
    EXPECT_EQ(joined(tidy::all_findings({make_source("storage/src/a.hpp", "#pragma once\n")}, no_reasons)),
              "storage/src/a.hpp:1: nothing includes this header: use it or delete it\n");
}

TEST(tidy, an_error_code_that_no_page_explains_is_found) {
    const auto header = make_source("storage/include/leftfold/storage/error.hpp",
                                    "enum class errc {\n    ok = 0,\n    locked,  ///< taken\n    fenced,\n};\n");
    const auto page = make_source("docs/errors.md", "| `fenced` | cause | cure |\n");
    EXPECT_EQ(joined(tidy::unexplained_errors({header, page})),
              "storage/include/leftfold/storage/error.hpp:3: locked is not explained in docs/errors.md\n");
}

TEST(tidy, a_page_that_explains_an_error_that_is_not_there_or_says_nothing_is_found) {
    const auto header = make_source("storage/include/leftfold/storage/error.hpp",
                                    "enum class errc {\n    locked,  ///< taken\n    fenced,\n};\n");
    const auto page =
        make_source("docs/errors.md",
                    "| code | cause | what to do |\n| `locked` | cause | cure |\n| `gone` | cause | cure |\n"
                    "| `fenced` | cause |  |\n");
    EXPECT_EQ(joined(tidy::unknown_errors({header, page})),
              "docs/errors.md:3: there is no errc::gone\n"
              "docs/errors.md:4: fenced wants a cause and what to do\n");
}

TEST(tidy, a_link_that_leads_nowhere_is_found) {
    const auto index = make_source("docs/README.md", "[a](a.md) [b](b.md#top) [up](../README.md) [out](https://x.y)\n");
    const auto page = make_source("docs/a.md", "A page.\n");
    EXPECT_EQ(joined(tidy::dead_links({index, page})),
              "docs/README.md:1: a link to b.md, which is not there\n"
              "docs/README.md:1: a link to ../README.md, which is not there\n");
}

TEST(tidy, a_page_that_quotes_what_the_source_does_not_say_is_found) {
    const auto original = make_source("samples/a.cpp", "int a;\nint b;\n    int c;\nint d;\n");
    const auto page = [](const std::string& code) {
        return make_source("docs/a.md", "<!-- from: samples/a.cpp -->\n```cpp\n" + code + "```\n");
    };
    EXPECT_EQ(joined(tidy::stale_quotations({original, page("int b;\nint c;\n")})), "");
    EXPECT_EQ(joined(tidy::stale_quotations({original, page("int a;\n// …\nint d;\n")})), "");
    EXPECT_EQ(joined(tidy::stale_quotations({original, page("int a;\nint c;\n")})),
              "docs/a.md:4: not in samples/a.cpp: quote it again\n");
    EXPECT_NE(joined(tidy::stale_quotations({page("int a;\n")})), "");
}

}  // namespace tidy_test
