#include "git_history/quoting.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "git_history/path_key.hpp"
#include "git_history/tree_listing.hpp"

namespace quoting_test {

using namespace git_history;

TEST(git_quoting, plain_names_stay_as_they_are) {
    for (const auto* name : {"README", "a b", "it's", "{x}", "a/b.c", "~", "-x"}) EXPECT_EQ(quote_path(name), name);
}

TEST(git_quoting, odd_names_are_written_as_git_writes_them) {
    EXPECT_EQ(quote_path("caf\xc3\xa9"), R"("caf\303\251")");
    EXPECT_EQ(quote_path("a\tb\nc"), R"("a\tb\nc")");
    EXPECT_EQ(quote_path("say \"x\" \\"), R"("say \"x\" \\")");
    EXPECT_EQ(quote_path("\x01\x7f"), R"("\001\177")");
}

TEST(git_quoting, every_byte_comes_back) {
    std::string path;
    for (int byte = 0; byte < 256; ++byte) path += static_cast<char>(byte);
    EXPECT_EQ(unquote_path(quote_path(path)), path);
    for (int byte = 0; byte < 256; ++byte) {
        const std::string one{'x', static_cast<char>(byte), '7'};
        EXPECT_EQ(unquote_path(quote_path(one)), one) << byte;
    }
}

TEST(git_quoting, what_is_not_quoted_right_is_refused) {
    for (const auto* text : {"\"", "\"a", R"("\")", R"("\9")", R"("\40")", R"("\400")", R"("\x41")"}) {
        EXPECT_THROW(unquote_path(text), std::invalid_argument) << text;
    }
}

TEST(git_path_key, a_path_is_its_own_key_when_it_may_be_one) {
    for (const auto* path : {"README", "a b", "caf\xc3\xa9", "\"odd\"", "tab\t"}) {
        EXPECT_EQ(name_path(path), (path_name{path, {}}));
        EXPECT_EQ(path_of(path, {}), path);
    }
    EXPECT_EQ(name_path(std::string(1'024, 'x')).key, std::string(1'024, 'x'));
}

TEST(git_path_key, other_paths_go_by_their_hash) {
    for (const auto& path : {std::string("latin1-\xe9"), std::string(1'025, 'x'), "sha256:" + std::string(64, '0')}) {
        const auto name = name_path(path);
        EXPECT_EQ(name.key.size(), 7U + 64U);
        EXPECT_TRUE(name.key.starts_with("sha256:"));
        EXPECT_NE(name.key, path);
        EXPECT_EQ(path_of(name.key, name.path), path);
    }
    // The hash of one byte 0xff, as `printf '\xff' | sha256sum` gives it.
    EXPECT_EQ(name_path("\xff").key, "sha256:a8100ae6aa1940d0b663bb31cd466142ebbdbd5187131b92d93818987832eb89");
}

TEST(git_tree_listing, files_come_in_the_order_of_their_bytes) {
    const std::string blob(40, 'a');
    EXPECT_EQ(
        list_tree(
            {{"a/b", "100644", blob}, {"a.b", "100755", blob}, {"\xc3\xa9", "120000", blob}, {"a", "160000", blob}}),
        "160000 commit " + blob + "\ta\n" + "100755 blob " + blob + "\ta.b\n" + "100644 blob " + blob + "\ta/b\n" +
            "120000 blob " + blob + "\t\"\\303\\251\"\n");
    EXPECT_EQ(list_tree({}), "");
}

}  // namespace quoting_test
