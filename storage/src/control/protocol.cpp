#include "control/protocol.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace leftfold::inline v0::control {

namespace {

namespace json = boost::json;

/// Codes go by name: their numbers differ from version to version. Those that have none here read as io_error.
constexpr std::array<std::pair<errc, std::string_view>, 14> code_names{{
    {errc::invalid_argument, "invalid_argument"},
    {errc::invalid_name, "invalid_name"},
    {errc::invalid_utf8, "invalid_utf8"},
    {errc::not_found, "not_found"},
    {errc::already_exists, "already_exists"},
    {errc::unsupported, "unsupported"},
    {errc::store_closed, "store_closed"},
    {errc::locked, "locked"},
    {errc::timed_out, "timed_out"},
    {errc::not_yet, "not_yet"},
    {errc::read_only, "read_only"},
    {errc::disk_full, "disk_full"},
    {errc::corrupt, "corrupt"},
    {errc::io_error, "io_error"},
}};

std::string_view name_of(errc code) {
    const auto found = std::ranges::find(code_names, code, &std::pair<errc, std::string_view>::first);
    return found == code_names.end() ? "io_error" : found->second;
}

errc code_of(std::string_view name) {
    const auto found = std::ranges::find(code_names, name, &std::pair<errc, std::string_view>::second);
    return found == code_names.end() ? errc::io_error : found->first;
}

/// The object that a line is, of this version.
json::object object_of(std::string_view line) {
    boost::system::error_code failed;
    auto value = json::parse(json::string_view(line.data(), line.size()), failed);
    if (failed || !value.is_object()) throw error(errc::invalid_argument, "reading a line that is no JSON object");
    auto& object = value.get_object();
    const auto* version = object.if_contains("leftfold");
    if (version == nullptr || !version->is_int64())
        throw error(errc::invalid_argument, "reading a line without a version");
    if (version->get_int64() != protocol_version)
        throw error(errc::unsupported, "reading a line of version " + std::to_string(version->get_int64()) +
                                           ", where " + std::to_string(protocol_version) + " is spoken");
    return std::move(object);
}

std::string text_of(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(json::string_view(member.data(), member.size()));
    if (value == nullptr || !value->is_string())
        throw error(errc::invalid_argument, "reading a line without \"" + std::string(member) + '"');
    return std::string(value->get_string());
}

}  // namespace

std::string encode_request(const control_request& request) {
    json::object arguments;
    for (const auto& [name, value] : request.arguments) arguments[name] = value;
    return json::serialize(
               json::object{{"leftfold", protocol_version}, {"verb", request.verb}, {"arguments", arguments}}) +
           '\n';
}

control_request decode_request(std::string_view line) {
    const auto object = object_of(line);
    control_request request{.verb = text_of(object, "verb")};
    const auto* arguments = object.if_contains("arguments");
    if (arguments == nullptr) return request;
    if (!arguments->is_object()) throw error(errc::invalid_argument, "reading arguments that are no object");
    for (const auto& each : arguments->get_object())
        request.arguments.emplace(each.key(), text_of(arguments->get_object(), each.key()));
    return request;
}

std::string encode_answer(std::string_view object) {
    std::string line = "{\"leftfold\":" + std::to_string(protocol_version) + ",\"ok\":true,\"answer\":";
    line += object;
    return line + "}\n";
}

std::string encode_refusal(const error& why) {
    return json::serialize(json::object{{"leftfold", protocol_version},
                                        {"ok", false},
                                        {"code", json::string_view(name_of(why.kind()))},
                                        {"text", why.what()}}) +
           '\n';
}

std::string decode_answer(std::string_view line) {
    const auto object = object_of(line);
    const auto* ok = object.if_contains("ok");
    if (ok == nullptr || !ok->is_bool()) throw error(errc::invalid_argument, "reading an answer without \"ok\"");
    if (!ok->get_bool()) throw error(code_of(text_of(object, "code")), text_of(object, "text"));
    const auto* answer = object.if_contains("answer");
    if (answer == nullptr || !answer->is_object())
        throw error(errc::invalid_argument, "reading an answer without an object");
    return json::serialize(*answer);
}

}  // namespace leftfold::inline v0::control
