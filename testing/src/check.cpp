#include "check.hpp"

#include "leftfold/testing/contract.hpp"

namespace leftfold::inline v0::testing {

void fail(std::string_view how) { throw broken_promise(std::string(how)); }

std::string show(std::string_view text) {
    constexpr std::size_t most = 60;
    return "\"" + std::string(text.substr(0, most)) + (text.size() > most ? "…\"" : "\"");
}
std::string show(bool value) { return value ? "true" : "false"; }
std::string show(const recorded_event& event) {
    return to_string(event.position()) + " " + to_string(event.stream) + "@" + show(event.version) + " " + event.type +
           " at " + show(event.recorded) + " " + show(std::string_view(event.payload));
}
std::string show(position where) { return to_string(where); }
std::string show(const cut& where) { return "(" + to_string(where) + ")"; }
std::string show(const chain_hash& hash) { return to_hex(hash).substr(0, 12); }
std::string show(const event_id& id) { return to_string(id); }

std::string expect_error(errc kind, std::string_view what, function_ref<void()> act) {
    const auto wanted = make_error_code(kind).message();
    try {
        act();
    } catch (const error& thrown) {
        if (thrown.kind() == kind) return thrown.what();
        fail(std::string(what) + ": wanted the error \"" + wanted + "\", got \"" + thrown.what() + "\"");
    }
    fail(std::string(what) + ": wanted the error \"" + wanted + "\", and nothing was thrown");
}

void expect_mentions(std::string_view text, std::string_view part) {
    if (text.find(part) != std::string_view::npos) return;
    fail("the error \"" + std::string(text) + "\" does not mention " + std::string(part));
}

std::optional<std::string> contract_case::run(engine& subject, variant how) const {
    try {
        check(subject, how);
        return std::nullopt;
    } catch (const broken_promise& broken) {
        return broken.what();
    } catch (const std::exception& thrown) {
        return std::string("it threw: ") + thrown.what();
    }
}

}  // namespace leftfold::inline v0::testing
