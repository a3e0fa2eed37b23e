#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leftfold::test_support {

/// The calls that a disk serves; also what a fault can be aimed at.
enum class disk_call : unsigned {
    open = 1,
    read = 2,
    write = 4,
    truncate = 8,
    sync = 16,
    sync_directory = 32,
    remove = 64,
};

/// Names a set of calls.
constexpr unsigned calls(std::initializer_list<disk_call> some) {
    unsigned mask = 0;
    for (auto call : some) mask |= static_cast<unsigned>(call);
    return mask;
}

/// How a call ended. A short write has put the first half of its bytes on the disk before it failed.
enum class disk_outcome { done, io_error, no_space, short_write };

/// How long a fault lasts.
enum class fault_length { once, until_healed };

/// Makes the nth of the named calls fail, counted from one and from the moment of the injection. Zero never fails.
struct disk_fault {
    unsigned calls = 0;
    std::uint64_t nth = 0;
    disk_outcome outcome = disk_outcome::io_error;
    fault_length length = fault_length::once;
};

/// What a disk has been asked for so far.
struct disk_counts {
    std::uint64_t opens = 0;
    std::uint64_t reads = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t writes = 0;
    std::uint64_t bytes_written = 0;
    std::uint64_t truncates = 0;
    std::uint64_t syncs = 0;
    std::uint64_t directory_syncs = 0;
    std::uint64_t removes = 0;
};

/// One line of a disk's log.
struct disk_entry {
    /// `lose` stands for a sync that failed: as on Linux, what was waiting then stays readable but is never written
    /// by a later sync.
    enum class kind { create, write, truncate, sync, lose, remove, sync_directory };
    kind what = kind::sync_directory;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;  ///< where a write begins; the new size of a truncation
    std::string data;          ///< a write's bytes; a created or removed file's name
};

/// What is on a disk after a power cut: names and contents.
using disk_image = std::map<std::string, std::string>;

/// Makes the directory anew, with the files of an image.
void write_image(const disk_image& image, const std::filesystem::path& directory);

/// A file of a simulated disk. Lives as long as its name or an open handle does.
struct disk_file {
    std::uint64_t inode = 0;
    std::string name;
    std::string content;
};

/// A file system in memory that remembers everything that was done to it, and fails on request.
///
/// The log is enough to say what a power cut at any moment could have left behind (see disk_replay). All names are in
/// one directory whose entries are durable after sync_directory only. Safe for use by several threads; nothing here
/// reads a clock or a random source.
class simulated_disk {
public:
    simulated_disk() = default;

    /// Makes a disk that holds an image, all of it durable.
    explicit simulated_disk(const disk_image& image);

    /// Returns the file of that name, or null.
    std::shared_ptr<disk_file> find(const std::string& name) const;

    /// Returns the file of that name, made when there is none; null when the call was told to fail.
    std::shared_ptr<disk_file> open(const std::string& name);

    /// Copies bytes from `offset` into `target` and returns how many there were; `outcome` tells of failure.
    struct read_result {
        disk_outcome outcome = disk_outcome::done;
        std::size_t bytes = 0;
    };
    read_result read(const disk_file& file, std::uint64_t offset, std::span<char> target);

    disk_outcome write(disk_file& file, std::uint64_t offset, std::string_view bytes);
    disk_outcome truncate(disk_file& file, std::uint64_t size);
    disk_outcome sync(disk_file& file);
    disk_outcome sync_directory();
    disk_outcome remove(const std::string& name);
    std::uint64_t size(const disk_file& file) const;

    /// Arms a fault, in place of the one before it.
    void inject(disk_fault fault);

    /// Ends the fault.
    void heal();

    /// Makes every later call fail and change nothing, as the calls of a process that is no more: what holds handles to
    /// the disk can be taken apart without a trace on it. Hooks are not called meanwhile.
    void unplug();
    /// Ends that: the next process comes.
    void plug_in();

    /// Tells whether the armed fault has struck.
    bool fault_fired() const;

    /// Calls `hook` before each call that matches, outside of every lock of the disk. The hook may use the disk.
    void on_call(std::function<void(disk_call, std::string_view name)> hook);

    disk_counts counts() const;

    /// Writes no log from now on: for long tests that need no images.
    void keep_no_log();

    /// The number of lines in the log: the present moment.
    std::size_t moment() const;

    /// The log. Not to be used while another thread writes.
    const std::vector<disk_entry>& log() const { return log_; }

    /// Everything as it reads now: what a process that dies without a power cut leaves behind.
    disk_image contents() const;

private:
    disk_outcome admit(disk_call call, std::string_view name, std::uint64_t& counter);
    void record(disk_entry entry);  // under the mutex

    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<disk_file>> files_;
    std::vector<disk_entry> log_;
    bool keeps_log_ = true;
    std::uint64_t last_inode_ = 0;
    disk_counts counts_;
    disk_fault fault_;
    bool fired_ = false;
    bool unplugged_ = false;
    std::shared_ptr<const std::function<void(disk_call, std::string_view)>> hook_;
};

/// What a power cut does to writes that were not synced.
enum class crash_mode {
    drop_unsynced,  ///< none of them arrives
    random_subset,  ///< each arrives or not, by a coin
    torn_sectors,   ///< each 512-byte sector of each arrives or not, by a coin
};

/// Walks a disk's log and tells what a power cut would have left at each point.
///
/// Going forward costs each line once, so images are best asked for in the log's order. The disk must outlive this
/// object.
class disk_replay {
public:
    explicit disk_replay(const simulated_disk& disk) : log_(disk.log()) {}

    /// Applies the log up to, not including, line `moment`; never goes back.
    void advance_to(std::size_t moment);

    /// Returns one possible image at the present point.
    disk_image crash(crash_mode mode, std::mt19937_64& random) const;

private:
    struct file_state {
        std::string durable;
        std::vector<std::size_t> waiting;  // lines of the log
    };
    void settle(file_state& file);
    std::map<std::string, std::uint64_t> surviving_names(crash_mode mode, std::mt19937_64& random) const;

    const std::vector<disk_entry>& log_;
    std::size_t moment_ = 0;
    std::map<std::uint64_t, file_state> files_;
    std::map<std::string, std::uint64_t> names_;  // durable ones
    std::vector<std::size_t> waiting_names_;
};

}  // namespace leftfold::test_support
