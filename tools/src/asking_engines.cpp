#include "asking_engines.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "leftfold/projections/kept_orders.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::tools {

namespace {

std::string text_of(const boost::json::value& of) { return std::string(of.as_string()); }

}  // namespace

std::optional<boost::json::object> answer_of_engine(const consumer_place& of, const control_request& request) {
    const auto answer = of.is_process() ? ask_process(of.path, of.name, request) : ask_engine(of.path, request);
    if (!answer) return std::nullopt;
    return boost::json::parse(*answer).as_object();
}

boost::json::object status_of_engine(const consumer_place& of) {
    boost::json::object all;
    try {
        if (const auto answer = answer_of_engine(of, {.verb = "status"}))
            for (const auto& each : answer->at("projections").as_array()) all[each.at("projection").as_string()] = each;
    } catch (const error& silent) {
        if (silent.kind() != errc::locked && silent.kind() != errc::timed_out) throw;
    }
    return all;
}

std::string name_of_user() {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4'096> bytes{};
    if (::getpwuid_r(::geteuid(), &entry, bytes.data(), bytes.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return fmt::format("user {}", ::geteuid());
}

std::string state_line(const boost::json::object& status) {
    auto line = fmt::format("{}, {:.0f} events/s", text_of(status.at("state")),
                            status.at("events_per_second").to_number<double>());
    if (const auto failures = status.at("failures").to_number<std::uint64_t>(); failures != 0)
        line += fmt::format(", {} failure(s), the last: {}", failures, text_of(status.at("last_failure")));
    if (const auto parked = status.at("parked").to_number<std::uint64_t>(); parked != 0)
        line += fmt::format(", {} stream(s) parked", parked);
    if (status.contains("told_by"))
        line += fmt::format(", told by {} at {}", text_of(status.at("told_by")), text_of(status.at("told_at")));
    return line;
}

}  // namespace leftfold::inline v0::tools
