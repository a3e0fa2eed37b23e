#include "support/store_audit.hpp"

#include <charconv>
#include <string_view>

#include "leftfold/storage/bulletin.hpp"
#include "leftfold/storage/checkpoint_store.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/snapshot_store.hpp"
#include "leftfold/storage/stream_index.hpp"

namespace leftfold::test_support {

namespace {

std::int64_t number_after(std::string_view payload, std::string_view name) {
    const auto at = payload.find(name);
    if (at == std::string_view::npos) return -1;
    std::int64_t value = -1;
    std::from_chars(payload.data() + at + name.size(), payload.data() + payload.size(), value);
    return value;
}

// What one partition's log says, event by event.
class partition_audit {
public:
    explicit partition_audit(store_audit& into) : into_(into) {}

    void see(const event_view& event) {
        ++into_.events;
        head_.chain = hasher_.next(head_.chain, event);
        if (head_.chain != event.integrity.chain) complain("the chain breaks at " + to_string(event.position()));
        if (event.recorded <= head_.recorded) complain("time stands still at " + to_string(event.position()));
        head_.at = event.at;
        head_.recorded = event.recorded;
        const auto stream = to_string(stream_id(std::string(event.category), std::string(event.key)));
        if (event.version != versions_[stream].next())
            complain("a version is missing at " + to_string(event.position()));
        versions_[stream] = event.version;
        const auto append = number_after(event.payload, "\"append\":");
        parts_[append].insert(number_after(event.payload, "\"part\":"));
        of_[append] = number_after(event.payload, "\"of\":");
    }

    void finish(const partition_head& head) {
        if (head != head_) complain("the head is not the last event");
        for (const auto& [append, parts] : parts_) {
            const auto distinct = std::set(parts.begin(), parts.end());
            into_.doubled += static_cast<std::int64_t>(parts.size() - distinct.size());
            if (static_cast<std::int64_t>(distinct.size()) == of_[append])
                into_.doubled += into_.appends.insert(append).second ? 0 : 1;
            else
                ++into_.partial;
        }
    }

    void complain(const std::string& what) {
        ++into_.corrupt;
        if (into_.complaint.empty()) into_.complaint = what;
    }

private:
    store_audit& into_;
    chain_hasher hasher_;
    partition_head head_;
    std::map<std::string, version> versions_;
    std::map<std::int64_t, std::multiset<std::int64_t>> parts_;
    std::map<std::int64_t, std::int64_t> of_;
};

void audit_partition(partition_log& log, partition_id partition, store_audit& found) {
    partition_audit audit(found);
    try {
        const auto head = log.claim(partition, "audit").head;
        page_end end;
        while (!end.at_end)
            end = log.read(partition, end.scanned_to, {}, {}, payloads::read, [&](const event_view& event) {
                audit.see(event);
                return true;
            });
        audit.finish(head);
    } catch (const error& failed) {
        audit.complain(failed.what());
    }
}

}  // namespace

std::vector<event_data> numbered_events(std::int64_t append, std::size_t count, std::size_t bytes) {
    std::vector<event_data> events;
    for (std::size_t part = 1; part <= count; ++part) {
        auto payload = "{\"append\":" + std::to_string(append) + ",\"part\":" + std::to_string(part) +
                       ",\"of\":" + std::to_string(count) + ",\"filler\":\"";
        while (payload.size() < bytes) payload += "append " + std::to_string(append) + ' ';
        auto& event = events.emplace_back("test.numbered", payload + "\"}");
        event.id = derive_event_id("append " + std::to_string(append) + " part " + std::to_string(part));
    }
    return events;
}

store_audit audit_store(const std::filesystem::path& path, const sqlite_options& options) {
    store_audit found;
    try {
        const auto parts = make_sqlite_parts(path, options);
        for (std::uint32_t i = 0; i != parts.partitions; ++i) audit_partition(*parts.log, partition_id(i), found);
    } catch (const error& failed) {
        ++found.corrupt;
        found.complaint = failed.what();
    }
    return found;
}

}  // namespace leftfold::test_support
