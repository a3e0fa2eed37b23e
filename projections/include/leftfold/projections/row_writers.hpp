#pragma once
// Who wrote which row, for projections that park keys.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace leftfold::inline v0::detail {

/// The streams that write the rows of a projection, as small numbers, and which of them an event may meet. Belongs to
/// the thread that folds.
///
/// While it folds live, an event may touch rows of every stream that is not parked. While parked streams are folded
/// anew, it may touch rows of these only. Two streams that meet in a row are told apart never again: they are noted,
/// and parked together.
class row_writers {
public:
    /// 0 stands for nobody.
    using number = std::uint32_t;

    number number_of(std::string_view stream);
    const std::string& stream_of(number writer) const { return *streams_[writer - 1]; }

    void begin_event(std::string_view category, std::string_view key);
    void event_ended();
    void event_failed();
    /// The stream of the event under way.
    number current() const { return current_; }

    /// Whether the event under way may touch a row that `writer` wrote. Notes that the two met.
    bool may_touch(number writer) {
        if (writer == 0 || writer == current_) return true;
        return meet(writer);
    }
    /// Whether it matters now that a row is not there: while something is parked, or folded anew.
    bool watches_absence() const { return !listed_.empty(); }
    /// The event under way found no such row, or took it away. Live, that is noted: a parked stream may yet make it.
    /// In a refold, returns whether no other stream noted that meanwhile.
    bool may_miss(const std::string& table, const std::string& row);

    /// The stream whose row the last event could not touch; empty when that was not what failed.
    const std::string& in_the_way() const { return in_the_way_; }

    /// A row that a stream found missing while another one was parked.
    struct absence {
        std::string table;
        std::string row;
        std::string stream;
    };

    /// Live: rows of these streams are not to be touched.
    void fold_live(const std::vector<std::string>& parked);
    /// In a refold: rows of these streams only, and no row that another stream found missing.
    void refold(const std::vector<std::string>& streams, const std::vector<absence>& absences);

    /// What was noted since it was taken: it is written with the rows.
    bool has_noted() const { return !met_.empty() || !missed_.empty(); }
    std::vector<absence> take_absences();

    /// The streams that met since the last take_met().
    using meeting = std::pair<std::string, std::string>;
    std::vector<meeting> met() const;
    std::vector<meeting> take_met();

    std::size_t size() const { return streams_.size(); }
    /// Forgets all numbers. No table may hold one; fold_live() comes next.
    void forget();

private:
    struct missed_row {
        std::string table;
        std::string row;
        number by;
    };

    bool meet(number writer);

    std::unordered_map<std::string, number> numbers_;
    std::vector<const std::string*> streams_;
    std::unordered_set<number> listed_;  // barred, or in a refold the only ones
    bool refolds_ = false;
    number current_ = 0;
    std::string text_;
    std::string in_the_way_;
    std::vector<std::pair<number, number>> met_;
    std::size_t met_before_event_ = 0;
    std::vector<missed_row> missed_;
    std::size_t missed_before_event_ = 0;
    std::unordered_map<std::string, std::vector<std::string>> known_absences_;  // streams by table and row
    std::unordered_set<std::uint64_t> known_;                                   // pairs that were noted
};

}  // namespace leftfold::inline v0::detail
