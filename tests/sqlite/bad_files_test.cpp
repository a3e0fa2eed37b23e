// Files that are not what they should be, and file systems that a store must not lie on: a typed error, and the files
// stay as they were.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/names.hpp"
#include "leftfold/storage/partitioner.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "sqlite/connection.hpp"
#include "support/pretended_file_system.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace bad_files_test {

using test_support::pretended_file_system;
using test_support::temporary_directory;
namespace fs = std::filesystem;

const stream_id alice("account", "alice");

class bad_files : public ::testing::Test {
protected:
    bad_files() {
        auto store = open_sqlite(path(), {.partitions = 2});
        for (int i = 0; i != 40; ++i) {
            std::vector<event_data> one;
            one.emplace_back("bank.deposited", R"({"cents":)" + std::string(900, '7') + "}");
            store.append(alice, expected_version::any(), std::move(one)).value();
        }
    }

    fs::path path() const { return place_ / "bank.store"; }

    static std::string read_file(const fs::path& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// Opens the store both ways, expects to be refused with a text that names what is wrong, and the file in question
    /// to stay as it is.
    void expect_refusal(std::initializer_list<errc> any_of, const std::string& named, const fs::path& file) const {
        const auto before = read_file(file);
        for (const auto as : {access::read_only, access::read_write}) {
            try {
                auto store = open_sqlite(path(), {.access = as, .mode = open_mode::open_existing});
                static_cast<void>(store.read_stream(alice));
                static_cast<void>(store.snapshots().find(alice, 0, version(1), recorded_at::max()));
                ADD_FAILURE() << "opened, and read";
            } catch (const error& refused) {
                EXPECT_NE(std::find(any_of.begin(), any_of.end(), refused.kind()), any_of.end()) << refused.what();
                EXPECT_NE(std::string(refused.what()).find(named), std::string::npos) << refused.what();
            }
        }
        EXPECT_TRUE(read_file(file) == before) << "a refusal altered " << file;
    }

    const temporary_directory place_;
};

TEST_F(bad_files, a_database_that_is_cut_short_is_corrupt_or_foreign_and_stays_as_it_is) {
    for (std::uint32_t partition = 0; partition != 2; ++partition) {
        const auto file = path() / ("partition-000" + std::to_string(partition) + ".db");
        const auto whole = read_file(file);
        if (whole.size() < 20'000) continue;  // alice lives in the other one
        for (const std::size_t kept : {whole.size() - 4'096, whole.size() / 2, std::size_t{5'000}, std::size_t{100}}) {
            std::ofstream(file, std::ios::binary) << whole.substr(0, kept);
            expect_refusal({errc::corrupt, errc::foreign_file}, "partition-000" + std::to_string(partition), file);
        }
        return;
    }
    FAIL() << "no partition has events";
}

// What is left agrees with itself; what its owner had told everyone does not.
TEST_F(bad_files, a_partition_whose_newest_events_were_deleted_is_corrupt) {
    const auto with_events = partition_for(routing_key("alice"), 2).value();
    const auto name = "partition-000" + std::to_string(with_events) + ".db";
    {
        sqlite::connection shell(path() / name, {.mode = sqlite::file_access::read_write});
        shell.execute("DROP TRIGGER event_is_never_deleted");
        shell.execute("DELETE FROM event WHERE \"offset\" > 37");
    }
    expect_refusal({errc::corrupt}, "event " + std::to_string(with_events) + ":38 ", path() / name);
    fs::remove(path() / "live");
    EXPECT_EQ(open_sqlite(path(), {.access = access::read_only}).read_stream(alice).size(), 37u) << "what is left";
}

TEST_F(bad_files, an_event_that_is_gone_from_the_middle_is_named_by_whoever_needs_it) {
    const auto with_events = partition_for(routing_key("alice"), 2).value();
    const auto name = "partition-000" + std::to_string(with_events) + ".db";
    {
        sqlite::connection shell(path() / name, {.mode = sqlite::file_access::read_write});
        shell.execute("DROP TRIGGER event_is_never_deleted");
        shell.execute("DELETE FROM event WHERE \"offset\" = 5");
    }
    auto store = open_sqlite(path(), {.access = access::read_only});
    std::vector<std::int64_t> given;
    const auto read_at = [&](const std::vector<offset>& offsets) {
        given.clear();
        store.read_at(partition_id(with_events), offsets, payloads::read, [&](const event_view& event) {
            given.push_back(event.at.value());
            return true;
        });
    };
    read_at({offset(6), offset(40), offset(4), offset(7), offset(7)});
    EXPECT_EQ(given, (std::vector<std::int64_t>{6, 40, 4, 7, 7})) << "in the order in which they are asked for";
    for (const auto gone : {offset(5), offset(41), offset(0)}) {
        try {
            read_at({offset(4), gone, offset(6)});
            ADD_FAILURE() << "read " << gone.value();
        } catch (const error& failed) {
            EXPECT_EQ(failed.kind(), errc::corrupt);
            const auto named = std::to_string(with_events) + ":" + std::to_string(gone.value()) + " ";
            EXPECT_NE(std::string(failed.what()).find(named), std::string::npos) << failed.what();
        }
        EXPECT_EQ(given, std::vector<std::int64_t>{4});
    }
}

TEST_F(bad_files, an_empty_database_is_foreign) {
    const auto file = path() / "partition-0000.db";
    std::ofstream(file, std::ios::binary).flush();
    expect_refusal({errc::corrupt, errc::foreign_file}, "partition-0000", file);
}

TEST_F(bad_files, a_database_of_somebody_else_is_foreign_and_stays_as_it_is) {
    open_sqlite(path()).snapshots().save({.stream = alice, .version = version(1), .state = "x"});
    for (const std::string name : {"partition-0001", "snapshots"}) {
        const auto file = path() / (name + ".db");
        const auto ours = read_file(file);
        fs::remove(file);
        sqlite::connection(file, {.mode = sqlite::file_access::create}).execute("CREATE TABLE notes(text)");
        expect_refusal({errc::foreign_file}, name, file);
        std::ofstream(file, std::ios::binary) << "The minutes of a meeting, which are no database at all. " << ours;
        expect_refusal({errc::foreign_file}, name, file);
        std::ofstream(file, std::ios::binary) << ours;
    }
    EXPECT_EQ(open_sqlite(path()).read_stream(alice).size(), 40u) << "with its own files it opens";
}

TEST_F(bad_files, a_database_of_a_newer_format_is_refused_and_stays_as_it_is) {
    open_sqlite(path()).snapshots().save({.stream = alice, .version = version(1), .state = "x"});
    for (const std::string name : {"partition-0001", "snapshots"}) {
        const auto file = path() / (name + ".db");
        const auto set_format = [&](const char* sql) {
            sqlite::connection(file, {.mode = sqlite::file_access::read_write}).execute(sql);
        };
        set_format("PRAGMA user_version = 2");
        expect_refusal({errc::newer_format}, name, file);
        set_format("PRAGMA user_version = 1");
    }
    EXPECT_EQ(open_sqlite(path()).read_stream(alice).size(), 40u) << "in its own format it opens";
}

// It is derived, so that the version which finds it makes its own; readers do without.
TEST_F(bad_files, an_index_of_a_newer_format_is_made_anew) {
    const auto file = path() / (fs::exists(path() / "index-0000.db") ? "index-0000.db" : "index-0001.db");
    sqlite::connection(file, {.mode = sqlite::file_access::read_write}).execute("PRAGMA user_version = 2");
    EXPECT_EQ(open_sqlite(path(), {.access = access::read_only}).read_stream(alice).size(), 40u);
    EXPECT_EQ(open_sqlite(path()).read_stream(alice).size(), 40u);
    EXPECT_EQ(sqlite::connection(file, {}).query_number("PRAGMA user_version"), 1);
}

TEST_F(bad_files, a_path_without_a_name_is_refused) {
    for (const auto* nameless : {"", "/"}) {
        try {
            open_sqlite(nameless);
            ADD_FAILURE() << "opened \"" << nameless << '"';
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), errc::invalid_name) << refused.what();
        }
    }
}

TEST_F(bad_files, a_manifest_that_is_cut_short_is_corrupt) {
    auto whole = read_file(path() / "manifest");
    whole.resize(whole.find_last_not_of('\n') + 1);  // what follows fills the file up
    for (const std::size_t kept : {std::size_t{20}, std::size_t{60}, whole.size() - 9, whole.size() - 1}) {
        std::ofstream(path() / "manifest", std::ios::binary) << whole.substr(0, kept);
        expect_refusal({errc::corrupt}, "manifest", path() / "manifest");
    }
}

TEST_F(bad_files, a_path_that_is_a_file_is_refused) {
    std::ofstream(place_ / "plain") << "text";
    for (const auto as : {access::read_only, access::read_write}) {
        try {
            open_sqlite(place_ / "plain", {.access = as});
            ADD_FAILURE() << "opened a file as a store";
        } catch (const error& refused) {
            EXPECT_TRUE(refused.kind() == errc::not_found || refused.kind() == errc::io_error) << refused.what();
        }
    }
    EXPECT_EQ(read_file(place_ / "plain"), "text");
}

TEST_F(bad_files, a_missing_directory_is_not_found_and_not_made_by_a_reader) {
    try {
        open_sqlite(place_ / "missing/bank.store", {.access = access::read_only});
        FAIL() << "read a store that is not there";
    } catch (const error& refused) {
        EXPECT_EQ(refused.kind(), errc::not_found) << refused.what();
    }
    EXPECT_FALSE(fs::exists(place_ / "missing"));
}

TEST_F(bad_files, a_network_file_system_is_refused_by_name) {
    {
        const pretended_file_system nfs(0x6969);
        expect_refusal({errc::network_file_system}, "NFS", path() / "manifest");
    }
    {
        const pretended_file_system smb(0x517B);
        try {
            open_sqlite(place_ / "new.store");
            FAIL() << "made a store on a network file system";
        } catch (const error& refused) {
            EXPECT_EQ(refused.kind(), errc::network_file_system) << refused.what();
        }
        EXPECT_FALSE(fs::exists(place_ / "new.store/manifest"));
    }
    const pretended_file_system ext4(0xEF53);
    EXPECT_EQ(open_sqlite(path()).read_stream(alice).size(), 40u) << "on ext4 it opens";
}

}  // namespace bad_files_test
}  // namespace leftfold
