#include "support/simulated_disk.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>

namespace leftfold::test_support {

namespace {

constexpr std::size_t sector_bytes = 512;

void overwrite(std::string& content, std::uint64_t offset, std::string_view bytes) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    std::memcpy(content.data() + offset, bytes.data(), bytes.size());
}

bool coin(std::mt19937_64& random) { return (random() >> 32) & 1U; }

// Applies a write sector by sector, each by a coin. Sectors are those of the file, not of the write.
void overwrite_torn(std::string& content, std::uint64_t offset, std::string_view bytes, std::mt19937_64& random) {
    while (!bytes.empty()) {
        const auto room = std::min<std::uint64_t>(sector_bytes - offset % sector_bytes, bytes.size());
        if (coin(random)) overwrite(content, offset, bytes.substr(0, room));
        offset += room;
        bytes.remove_prefix(room);
    }
}

}  // namespace

void write_image(const disk_image& image, const std::filesystem::path& directory) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    for (const auto& [name, content] : image)
        std::ofstream(directory / std::filesystem::path(name).filename(), std::ios::binary) << content;
}

simulated_disk::simulated_disk(const disk_image& image) {
    for (const auto& [name, content] : image) {
        auto file = open(name);
        write(*file, 0, content);
        sync(*file);
    }
    sync_directory();
    counts_ = {};
}

std::shared_ptr<disk_file> simulated_disk::find(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : found->second;
}

std::shared_ptr<disk_file> simulated_disk::open(const std::string& name) {
    if (admit(disk_call::open, name, counts_.opens) != disk_outcome::done) return nullptr;
    const std::scoped_lock lock(mutex_);
    auto& file = files_[name];
    if (!file) {
        file = std::make_shared<disk_file>();
        file->inode = ++last_inode_;
        file->name = name;
        record({disk_entry::kind::create, file->inode, 0, name});
    }
    return file;
}

simulated_disk::read_result simulated_disk::read(const disk_file& file, std::uint64_t offset, std::span<char> target) {
    const auto outcome = admit(disk_call::read, file.name, counts_.reads);
    if (outcome != disk_outcome::done) return {outcome, 0};
    const std::scoped_lock lock(mutex_);
    if (offset >= file.content.size()) return {};
    const auto bytes = std::min<std::size_t>(target.size(), file.content.size() - offset);
    std::memcpy(target.data(), file.content.data() + offset, bytes);
    counts_.bytes_read += bytes;
    return {disk_outcome::done, bytes};
}

disk_outcome simulated_disk::write(disk_file& file, std::uint64_t offset, std::string_view bytes) {
    const auto outcome = admit(disk_call::write, file.name, counts_.writes);
    if (outcome == disk_outcome::short_write) bytes = bytes.substr(0, bytes.size() / 2);
    if (outcome != disk_outcome::done && outcome != disk_outcome::short_write) return outcome;
    const std::scoped_lock lock(mutex_);
    counts_.bytes_written += bytes.size();
    overwrite(file.content, offset, bytes);
    record({disk_entry::kind::write, file.inode, offset, std::string(bytes)});
    return outcome;
}

disk_outcome simulated_disk::truncate(disk_file& file, std::uint64_t size) {
    if (const auto outcome = admit(disk_call::truncate, file.name, counts_.truncates); outcome != disk_outcome::done)
        return outcome;
    const std::scoped_lock lock(mutex_);
    file.content.resize(size);
    record({disk_entry::kind::truncate, file.inode, size, {}});
    return disk_outcome::done;
}

disk_outcome simulated_disk::sync(disk_file& file) {
    const auto outcome = admit(disk_call::sync, file.name, counts_.syncs);
    const std::scoped_lock lock(mutex_);
    if (unplugged_) return outcome;
    const auto what = outcome == disk_outcome::done ? disk_entry::kind::sync : disk_entry::kind::lose;
    record({what, file.inode, 0, {}});
    return outcome;
}

disk_outcome simulated_disk::sync_directory() {
    if (const auto outcome = admit(disk_call::sync_directory, {}, counts_.directory_syncs);
        outcome != disk_outcome::done)
        return outcome;
    const std::scoped_lock lock(mutex_);
    record({disk_entry::kind::sync_directory, 0, 0, {}});
    return disk_outcome::done;
}

disk_outcome simulated_disk::remove(const std::string& name) {
    if (const auto outcome = admit(disk_call::remove, name, counts_.removes); outcome != disk_outcome::done)
        return outcome;
    const std::scoped_lock lock(mutex_);
    if (files_.erase(name) != 0) record({disk_entry::kind::remove, 0, 0, name});
    return disk_outcome::done;
}

std::uint64_t simulated_disk::size(const disk_file& file) const {
    const std::scoped_lock lock(mutex_);
    return file.content.size();
}

void simulated_disk::inject(disk_fault fault) {
    const std::scoped_lock lock(mutex_);
    fault_ = fault;
    fired_ = false;
}

void simulated_disk::heal() {
    const std::scoped_lock lock(mutex_);
    fault_ = {};
}

void simulated_disk::unplug() {
    const std::scoped_lock lock(mutex_);
    unplugged_ = true;
}

void simulated_disk::plug_in() {
    const std::scoped_lock lock(mutex_);
    unplugged_ = false;
}

bool simulated_disk::fault_fired() const {
    const std::scoped_lock lock(mutex_);
    return fired_;
}

void simulated_disk::on_call(std::function<void(disk_call, std::string_view)> hook) {
    const std::scoped_lock lock(mutex_);
    hook_ = hook ? std::make_shared<const std::function<void(disk_call, std::string_view)>>(std::move(hook)) : nullptr;
}

void simulated_disk::keep_no_log() {
    const std::scoped_lock lock(mutex_);
    keeps_log_ = false;
}

void simulated_disk::record(disk_entry entry) {
    if (keeps_log_) log_.push_back(std::move(entry));
}

disk_counts simulated_disk::counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
}

std::size_t simulated_disk::moment() const {
    const std::scoped_lock lock(mutex_);
    return log_.size();
}

disk_image simulated_disk::contents() const {
    const std::scoped_lock lock(mutex_);
    disk_image image;
    for (const auto& [name, file] : files_) image.emplace(name, file->content);
    return image;
}

disk_outcome simulated_disk::admit(disk_call call, std::string_view name, std::uint64_t& counter) {
    std::unique_lock lock(mutex_);
    if (hook_ && !unplugged_) {
        const auto hook = hook_;  // it may be replaced meanwhile
        lock.unlock();
        (*hook)(call, name);
        lock.lock();
    }
    if (unplugged_) return disk_outcome::io_error;
    ++counter;
    if ((fault_.calls & static_cast<unsigned>(call)) == 0 || fault_.nth == 0) return disk_outcome::done;
    if (fault_.nth > 1) {
        --fault_.nth;
        return disk_outcome::done;
    }
    if (fault_.length == fault_length::once) fault_.nth = 0;
    fired_ = true;
    const auto half_is_possible = call == disk_call::write;
    return fault_.outcome == disk_outcome::short_write && !half_is_possible ? disk_outcome::io_error : fault_.outcome;
}

void disk_replay::advance_to(std::size_t moment) {
    using kind = disk_entry::kind;
    for (; moment_ < moment; ++moment_) {
        const auto& entry = log_[moment_];
        switch (entry.what) {
            case kind::create:
            case kind::remove:
                waiting_names_.push_back(moment_);
                break;
            case kind::write:
            case kind::truncate:
                files_[entry.inode].waiting.push_back(moment_);
                break;
            case kind::sync:
                settle(files_[entry.inode]);
                break;
            case kind::lose:
                files_[entry.inode].waiting.clear();
                break;
            case kind::sync_directory:
                for (auto line : waiting_names_) {
                    const auto& change = log_[line];
                    if (change.what == kind::create)
                        names_[change.data] = change.inode;
                    else
                        names_.erase(change.data);
                }
                waiting_names_.clear();
                break;
        }
    }
}

void disk_replay::settle(file_state& file) {
    for (auto line : file.waiting) {
        const auto& entry = log_[line];
        if (entry.what == disk_entry::kind::write)
            overwrite(file.durable, entry.offset, entry.data);
        else
            file.durable.resize(entry.offset);
    }
    file.waiting.clear();
}

std::map<std::string, std::uint64_t> disk_replay::surviving_names(crash_mode mode, std::mt19937_64& random) const {
    auto names = names_;
    if (mode == crash_mode::drop_unsynced || waiting_names_.empty()) return names;
    // A journaling file system keeps the order of its own metadata: a prefix survives.
    const auto kept = random() % (waiting_names_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) {
        const auto& change = log_[waiting_names_[i]];
        if (change.what == disk_entry::kind::create)
            names[change.data] = change.inode;
        else
            names.erase(change.data);
    }
    return names;
}

disk_image disk_replay::crash(crash_mode mode, std::mt19937_64& random) const {
    disk_image image;
    for (const auto& [name, inode] : surviving_names(mode, random)) {
        auto& content = image[name];
        const auto found = files_.find(inode);
        if (found == files_.end()) continue;
        content = found->second.durable;
        if (mode == crash_mode::drop_unsynced) continue;
        for (auto line : found->second.waiting) {
            const auto& entry = log_[line];
            if (entry.what == disk_entry::kind::truncate) {
                if (coin(random)) content.resize(entry.offset);
            } else if (mode == crash_mode::torn_sectors) {
                overwrite_torn(content, entry.offset, entry.data, random);
            } else if (coin(random)) {
                overwrite(content, entry.offset, entry.data);
            }
        }
    }
    return image;
}

}  // namespace leftfold::test_support
