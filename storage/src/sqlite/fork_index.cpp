#include "sqlite/fork_index.hpp"

#include <algorithm>

namespace leftfold::inline v0::sqlite {

std::optional<stream_head> index_below::head(partition_id partition, const stream_id& stream) {
    const auto newest = whole_->head(partition, stream);
    if (!newest || is_below(partition, newest->at)) return newest;
    // The stream has gone on since. Offsets rise with versions: the last version at or below the cut is halved for.
    stream_head known{};
    auto above = newest->version;
    while (known.version.next() < above) {
        const version middle(known.version.value() + (above.value() - known.version.value()) / 2);
        const auto at = whole_->find(partition, stream, middle, 1, direction::forward);
        if (!at.empty() && is_below(partition, at.front()))
            known = {middle, at.front()};
        else
            above = middle;
    }
    return known.version == version{} ? std::nullopt : std::optional(known);
}

std::vector<offset> index_below::find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                                      direction way) {
    if (way == direction::backward) {
        const auto last = head(partition, stream);
        return last ? whole_->find(partition, stream, std::min(from, last->version), count, way)
                    : std::vector<offset>{};
    }
    auto found = whole_->find(partition, stream, from, count, way);
    found.erase(std::ranges::find_if(found, [&](offset at) { return !is_below(partition, at); }), found.end());
    return found;
}

std::optional<offset> index_below::find_id(partition_id partition, const event_id& id) {
    const auto at = whole_->find_id(partition, id);
    return at && is_below(partition, *at) ? at : std::nullopt;
}

std::optional<stream_head> fork_index::head(partition_id partition, const stream_id& stream) {
    if (const auto newest = own_->head(partition, stream)) return newest;
    return below_->head(partition, stream);
}

std::vector<offset> fork_index::find(partition_id partition, const stream_id& stream, version from, std::size_t count,
                                     direction way) {
    if (way == direction::backward) return find_backward(partition, stream, from, count);
    const auto first = std::max(from, version{1});
    auto found = below_->find(partition, stream, first, count, way);
    if (found.size() == count) return found;
    // Either the stream ends below the cut where what was found ends, or it begins above it.
    const auto next = first.plus(static_cast<std::int64_t>(found.size()));
    const auto above = own_->find(partition, stream, next, count - found.size(), way);
    found.insert(found.end(), above.begin(), above.end());
    return found;
}

std::vector<offset> fork_index::find_backward(partition_id partition, const stream_id& stream, version from,
                                              std::size_t count) {
    std::vector<offset> found;
    const auto left = below_->head(partition, stream).value_or(stream_head{}).version;
    const auto newest = own_->head(partition, stream);
    const auto top = std::min(from, newest ? newest->version : left);
    if (top > left) {
        const auto own = static_cast<std::size_t>(top.value() - left.value());
        found = own_->find(partition, stream, top, std::min(count, own), direction::backward);
    }
    if (found.size() == count || left == version{}) return found;
    const auto below = below_->find(partition, stream, std::min(top, left), count - found.size(), direction::backward);
    found.insert(found.end(), below.begin(), below.end());
    return found;
}

std::optional<offset> fork_index::find_id(partition_id partition, const event_id& id) {
    if (const auto at = own_->find_id(partition, id)) return at;
    return below_->find_id(partition, id);
}

}  // namespace leftfold::inline v0::sqlite
