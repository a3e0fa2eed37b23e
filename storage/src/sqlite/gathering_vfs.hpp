#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace leftfold::inline v0::sqlite {

/// A VFS over another that hands each synced commit to a WAL over in one piece.
///
/// SQLite writes every page of a commit by two calls and then syncs. Here they are gathered, and the sync writes them:
/// on the system's own VFS by one pwritev2(2) with RWF_DSYNC, which returns when they are on the disk; on another by
/// one write and one sync of its own. What a power cut can leave is the same: any part of what was not synced, which
/// the checksums of the WAL's frames tell from a commit. Up to gathered_max bytes of memory a WAL.
///
/// Only for connections that sync at each commit (synchronous=FULL): before the sync nobody else sees what they wrote.
/// Known to SQLite while anybody holds it; to be let go of after the connections that use it. Thread-safe.
class gathering_vfs {
public:
    /// A commit of more bytes than this is written as it comes, and synced at its end.
    static constexpr std::size_t gathered_max = std::size_t{1} << 20;

    /// Returns the one over the VFS of that name (empty: the system's own). Throws errc::invalid_argument when there is
    /// none.
    static std::shared_ptr<const gathering_vfs> over(std::string_view below);

    ~gathering_vfs();
    gathering_vfs(const gathering_vfs&) = delete;
    gathering_vfs& operator=(const gathering_vfs&) = delete;

    const std::string& name() const { return name_; }

    struct state;

private:
    explicit gathering_vfs(std::unique_ptr<state> over);

    std::string name_;
    std::unique_ptr<state> state_;
};

}  // namespace leftfold::inline v0::sqlite
