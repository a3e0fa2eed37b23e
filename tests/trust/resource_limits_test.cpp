// Where the system gives no more (bytes of a file, files, memory, space on the disk) there is a typed error, what was
// acknowledged stays, reading goes on, and appends go on as soon as there is more, without opening the store again.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <system_error>

#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "support/child_process.hpp"
#include "support/closing_line.hpp"
#include "support/store_audit.hpp"
#include "support/temporary_directory.hpp"

namespace leftfold {
namespace resource_limits_test {

using namespace test_support;

constexpr auto not_here = "this process may not mount a file system";

struct figures {
    std::int64_t acknowledged = 0;
    std::int64_t refused = 0;
    std::int64_t lost = 0;
};

// Runs in a process of its own, since limits cannot be taken back there. Says what is wrong, or nothing.
class squeezed {
public:
    explicit squeezed(std::filesystem::path path) : path_(std::move(path)) {}

    // Appends until it is refused, squeezed; then lets go and appends on. Whatever fails meanwhile fails as expected.
    std::string run(const std::function<void()>& squeeze, const std::function<void()>& let_go,
                    std::set<errc> expected) {
        if (auto complaint = push(squeeze, let_go, expected); !complaint.empty()) return complaint;
        return audit();
    }

    figures counted;

private:
    std::string push(const std::function<void()>& squeeze, const std::function<void()>& let_go,
                     const std::set<errc>& expected) {
        auto store = open_sqlite(path_, {.partitions = 1, .wal_pages = 16});
        for (int i = 0; i != 10; ++i)
            if (append(store) != errc::ok) return "refused before there was a limit";
        const auto readable = store.read_stream(stream).size();
        squeeze();
        errc refusal = errc::ok;
        for (int i = 0; i != 4'000 && refusal == errc::ok; ++i) refusal = append(store);
        if (!expected.contains(refusal)) return "refused with " + make_error_code(refusal).message() + ": " + why_;
        for (int i = 0; i != 5; ++i) static_cast<void>(append(store));  // and goes on to be, or finds room
        if (const auto failed = read(store, readable); failed != errc::ok && !expected.contains(failed))
            return "reading fails with " + make_error_code(failed).message();
        let_go();
        for (int i = 0; i != 10; ++i)
            if (const auto failed = append(store); failed != errc::ok)
                return "still refused with " + make_error_code(failed).message() + ": " + why_;
        return "";
    }

    errc append(event_store& store) {
        try {
            const auto number = ++last_;
            store.append(stream, expected_version::any(), numbered_events(number, 1, 3'000)).value();
            acknowledged_.insert(number);
            ++counted.acknowledged;
            return errc::ok;
        } catch (const error& refused) {
            ++counted.refused;
            why_ = refused.what();
            return refused.kind();
        }
    }

    errc read(event_store& store, std::size_t at_least) {
        try {
            return store.read_stream(stream).size() < at_least ? errc::corrupt : errc::ok;
        } catch (const error& refused) {
            return refused.kind();
        }
    }

    std::string audit() {
        const auto found = audit_store(path_, {.partitions = 1});
        for (const auto append : acknowledged_) counted.lost += !found.appends.contains(append);
        return found.is_sound() ? "" : found.complaint;
    }

    const stream_id stream{"account", "alice"};
    std::filesystem::path path_;
    std::int64_t last_ = 0;
    std::set<std::int64_t> acknowledged_;
    std::string why_;
};

void limit(int resource, rlim_t to) {
    rlimit both{};
    ::getrlimit(resource, &both);
    both.rlim_cur = std::min(to, both.rlim_max);
    ::setrlimit(resource, &both);
}

void write_text(const char* file, const std::string& text) { std::ofstream(file) << text; }

// Gives this process mounts of its own, as root or in a namespace where it is root.
bool may_mount() {
    const auto user = std::to_string(::geteuid());
    const auto group = std::to_string(::getegid());
    if (::unshare(CLONE_NEWNS) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
        write_text("/proc/self/setgroups", "deny");
        write_text("/proc/self/uid_map", "0 " + user + " 1");
        write_text("/proc/self/gid_map", "0 " + group + " 1");
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

class resource_limits : public ::testing::Test {
protected:
    // Runs the body in a child and hands its figures and complaint over.
    void in_a_process(const std::function<std::string(figures&)>& body) {
        child_process child([&](int pipe) {
            figures counted;
            std::string complaint;
            try {
                complaint = body(counted);
            } catch (const std::exception& failed) {
                complaint = failed.what();
            }
            if (::write(pipe, &counted, sizeof counted) != sizeof counted) return 1;
            return ::write(pipe, complaint.data(), complaint.size()) == static_cast<ssize_t>(complaint.size()) ? 0 : 1;
        });
        figures counted;
        ASSERT_EQ(::read(child.pipe(), &counted, sizeof counted), static_cast<ssize_t>(sizeof counted));
        std::string complaint(4'096, '\0');
        const auto size = ::read(child.pipe(), complaint.data(), complaint.size());
        complaint.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        EXPECT_EQ(child.wait(), 0);
        if (complaint == not_here) return;
        EXPECT_EQ(complaint, "");
        EXPECT_EQ(counted.lost, 0);
        EXPECT_GT(counted.refused, 0);
        total_.acknowledged += counted.acknowledged;
        total_.refused += counted.refused;
        total_.lost += counted.lost;
        ++limits_;
    }

    figures total_;
    int limits_ = 0;
};

TEST_F(resource_limits, are_typed_errors_and_appends_go_on_when_there_is_more) {
    const temporary_directory place;
    // Bytes of a file.
    in_a_process([&](figures& counted) {
        std::signal(SIGXFSZ, SIG_IGN);
        squeezed store(place / "bytes.store");
        const auto complaint =
            store.run([] { limit(RLIMIT_FSIZE, 200'000); }, [] { limit(RLIMIT_FSIZE, RLIM_INFINITY); },
                      {errc::disk_full, errc::io_error, errc::outcome_unknown});
        counted = store.counted;
        return complaint;
    });
    // Memory of the SQLite engine. The address space cannot be limited under a sanitizer, which reserves most of it.
    in_a_process([&](figures& counted) {
        squeezed store(place / "memory.store");
        const auto complaint = store.run([] { sqlite3_hard_heap_limit64(sqlite3_memory_used() + 1); },
                                         [] { sqlite3_hard_heap_limit64(0); }, {errc::io_error, errc::outcome_unknown});
        counted = store.counted;
        return complaint;
    });
    // Files: too few to open a store; with enough it opens.
    in_a_process([&](figures& counted) -> std::string {
        open_sqlite(place / "files.store", {.partitions = 4}).close();
        // The sanitizer opens a pipe when it meets a type for the first time, so it is to meet these now.
        static_cast<void>(std::generic_category().message(EMFILE));
        static_cast<void>(std::system_category().message(EMFILE));
        try {
            open_sqlite(place / "missing.store", {.mode = open_mode::open_existing});
        } catch (const error& met) {
            if (met.kind() != errc::not_found) return met.what();
        }
        const int next = ::open("/dev/null", O_RDONLY);
        for (rlim_t more = 0; more != 12; ++more) {
            limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + more);
            try {
                open_sqlite(place / "files.store").close();
            } catch (const error& refused) {
                limit(RLIMIT_NOFILE, 256);  // the sanitizer looks at it, too
                ++counted.refused;
                if (refused.kind() != errc::io_error) return refused.what();
            }
        }
        limit(RLIMIT_NOFILE, 256);
        open_sqlite(place / "files.store");
        return "";
    });
    // Space: a file system of two MiB, where this process may make one.
    in_a_process([&](figures& counted) -> std::string {
        const auto disk = place / "disk";
        std::filesystem::create_directory(disk);
        if (!may_mount()) return not_here;
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) return not_here;
        std::ofstream(disk / "ballast") << std::string(1 << 20, 'b');
        squeezed store(disk / "bank.store");
        const auto complaint = store.run([] {}, [&] { std::filesystem::remove(disk / "ballast"); }, {errc::disk_full});
        counted = store.counted;
        return complaint;
    });
    EXPECT_GE(limits_, 3);
    closing_line("resource_limits: {} limits, {} appends refused, {} acknowledged, {} lost", limits_, total_.refused,
                 total_.acknowledged, total_.lost);
}

}  // namespace resource_limits_test
}  // namespace leftfold
