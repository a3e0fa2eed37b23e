#include "asking_engines.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>

#include "leftfold/projections/kept_orders.hpp"

namespace leftfold::inline v0::tools {

namespace {

std::string text_of(const boost::json::value& of) { return std::string(of.as_string()); }

}  // namespace

std::optional<boost::json::object> answer_of_engine(const std::filesystem::path& database,
                                                    const control_request& request) {
    const auto answer = ask_engine(database, request);
    if (!answer) return std::nullopt;
    return boost::json::parse(*answer).as_object();
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
