#include "event_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::detail {

void event_batch::add(const event_view& event) {
    results_.emplace_back();
    try {
        page_.add(event);
    } catch (...) {
        results_.pop_back();
        throw;
    }
}

void event_batch::decode(const std::set<std::string>& types) noexcept {
    for (std::size_t i = 0; i != page_.size(); ++i) {
        const auto& stored = page_[i];
        try {
            registry_.translate(stored.type, stored.payload, [&](std::string_view type, std::string_view payload) {
                if (types.empty() || types.contains(std::string(type))) decode_one(stored, type, payload);
            });
        } catch (...) {
            results_[i].failure = std::current_exception();
        }
        results_[i].end = decoded_.size();
    }
}

void event_batch::decode_one(const event_view& stored, std::string_view type, std::string_view payload) {
    const auto handler = std::ranges::find(type_.handlers, type, &event_handler::type);
    if (handler == type_.handlers.end()) {
        if (type_.others == others::skipped || type_.ignores(type)) return;
        throw error(errc::unknown_event_type,
                    fmt::format("folding event {} into projection {}: it neither handles nor ignores events of type {}",
                                to_string(stored.position()), type_.name, type));
    }
    decoded_.push_back({&*handler, nullptr});
    try {
        decoded_.back().event = arena_.take(handler->size, handler->alignment);
        handler->decode(payload, decoded_.back().event);
    } catch (...) {
        decoded_.pop_back();
        throw;
    }
}

std::span<const event_batch::decoded_event> event_batch::decoded(std::size_t i) const {
    const auto begin = i == 0 ? 0 : results_[i - 1].end;
    return std::span(decoded_).subspan(begin, results_[i].end - begin);
}

void event_batch::clear() noexcept {
    for (const auto& each : decoded_) each.handler->destroy(each.event);
    decoded_.clear();
    arena_.clear();
    results_.clear();
    page_.clear();
}

}  // namespace leftfold::inline v0::detail
