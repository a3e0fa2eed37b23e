#include "sqlite/connection.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "leftfold/storage/error.hpp"
#include "sqlite/statement.hpp"
#include "support/temporary_directory.hpp"

namespace connection_test {

using leftfold::errc;
using leftfold::sqlite::connection;
using leftfold::sqlite::file_access;
using leftfold::sqlite::statement;
using leftfold::sqlite::transaction;
using leftfold::test_support::temporary_directory;

errc failure_of(auto action) {
    try {
        action();
    } catch (const leftfold::error& failed) {
        return failed.kind();
    }
    return errc::ok;
}

TEST(connection, binds_and_reads_every_kind_of_value) {
    const temporary_directory place;
    connection db(place / "a.db", {.mode = file_access::create});
    db.execute("CREATE TABLE t(i INTEGER, r REAL, s TEXT, b BLOB, n)");
    const std::string with_nul("a\0b", 3);
    statement(db, "INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)")
        .bind(1, -7)
        .bind_real(2, 0.5)
        .bind_text(3, "")
        .bind_blob(4, with_nul)
        .bind_null(5)
        .run();
    statement query(db, "SELECT * FROM t");
    ASSERT_TRUE(query.step());
    EXPECT_EQ(query.number(0), -7);
    EXPECT_EQ(query.real(1), 0.5);
    EXPECT_TRUE(query.is_text(2));
    EXPECT_EQ(query.text(2), "");
    EXPECT_FALSE(query.is_text(3));
    EXPECT_EQ(query.blob(3), with_nul);
    EXPECT_TRUE(query.is_null(4));
    EXPECT_FALSE(query.step());
}

TEST(connection, a_transaction_that_is_not_committed_leaves_nothing) {
    const temporary_directory place;
    connection db(place / "a.db", {.mode = file_access::create});
    db.execute("CREATE TABLE t(i)");
    {
        const transaction open(db);
        db.execute("INSERT INTO t VALUES(1)");
    }
    EXPECT_EQ(db.query_number("SELECT count(*) FROM t"), 0);
    transaction kept(db);
    db.execute("INSERT INTO t VALUES(1)");
    kept.commit();
    EXPECT_EQ(db.query_number("SELECT count(*) FROM t"), 1);
}

TEST(connection, a_file_that_is_missing_is_not_found_and_not_made) {
    const temporary_directory place;
    EXPECT_EQ(failure_of([&] { connection(place / "a.db"); }), errc::not_found);
    EXPECT_EQ(failure_of([&] { connection(place / "a.db", {.mode = file_access::read_write}); }), errc::not_found);
    EXPECT_FALSE(std::filesystem::exists(place / "a.db"));
}

TEST(connection, a_file_that_is_no_database_is_foreign) {
    const temporary_directory place;
    std::ofstream(place / "a.db") << std::string(5'000, 'x');
    EXPECT_EQ(failure_of([&] { connection(place / "a.db").query_number("SELECT count(*) FROM sqlite_master"); }),
              errc::foreign_file);
}

TEST(connection, a_read_only_connection_refuses_to_write) {
    const temporary_directory place;
    connection(place / "a.db", {.mode = file_access::create}).execute("CREATE TABLE t(i)");
    connection db(place / "a.db");
    EXPECT_EQ(failure_of([&] { db.execute("INSERT INTO t VALUES(1)"); }), errc::read_only);
}

TEST(connection, a_name_that_looks_like_a_uri_is_a_file_name) {
    const temporary_directory place;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(place.path());
    connection("file:x?mode=memory", {.mode = file_access::create}).execute("CREATE TABLE t(i)");
    EXPECT_TRUE(std::filesystem::exists("file:x?mode=memory"));
    std::filesystem::current_path(before);
}

TEST(connection, an_immutable_file_may_have_any_name) {
    const temporary_directory place;
    const auto odd = place / "50% a?b#c&d=e";
    connection(odd, {.mode = file_access::create}).execute("CREATE TABLE t(i); INSERT INTO t VALUES(7)");
    EXPECT_EQ(connection(odd, {.mode = file_access::immutable}).query_number("SELECT i FROM t"), 7);
}

TEST(connection, a_held_lock_is_said_to_be_one) {
    const temporary_directory place;
    connection first(place / "a.db", {.mode = file_access::create});
    connection second(place / "a.db", {.mode = file_access::read_write, .busy_wait = std::chrono::milliseconds{0}});
    first.execute("CREATE TABLE t(i)");
    const transaction held(first);
    EXPECT_EQ(failure_of([&] { const transaction other(second); }), errc::locked);
}

TEST(connection, an_error_says_what_was_being_done_and_in_which_file) {
    const temporary_directory place;
    connection db(place / "a.db", {.mode = file_access::create});
    try {
        const statement wrong(db, "SELECT * FROM missing");
        FAIL() << "prepared a query of a missing table";
    } catch (const leftfold::error& failed) {
        const std::string text = failed.what();
        EXPECT_NE(text.find("SELECT * FROM missing"), std::string::npos) << text;
        EXPECT_NE(text.find("a.db"), std::string::npos) << text;
        EXPECT_NE(text.find("no such table"), std::string::npos) << text;
    }
}

}  // namespace connection_test
