#include "tools/command_line.hpp"

#include <sstream>

namespace leftfold::test_support {

namespace {

template <class Run>
answer run_with(const char* program, const std::vector<std::string>& words, const std::string& input, Run&& of) {
    std::vector<const char*> argv{program};
    for (const auto& word : words) argv.push_back(word.c_str());
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    const auto status = of(static_cast<int>(argv.size()), argv.data(), in, out, err);
    return {status, out.str(), err.str()};
}

}  // namespace

answer run(const std::vector<std::string>& words, const std::string& input) {
    return run_with("leftfold", words, input,
                    [](int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err) {
                        return tools::run(argc, argv, in, out, err);
                    });
}

answer run(const tools::domain& known, const std::vector<std::string>& words, const std::string& input) {
    return run_with("bank", words, input,
                    [&](int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err) {
                        return tools::run(argc, argv, known, in, out, err);
                    });
}

std::vector<appended> command_line::fill(const std::string& name, int rounds) const {
    auto store = open_sqlite(at(name), {.partitions = 3});
    std::vector<appended> done;
    for (int i = 0; i != rounds; ++i) {
        std::vector<event_data> events;
        events.emplace_back("bank.deposited", R"({"cents": 5, "note": "a \",\"data\": b"})");
        events.emplace_back("bank.noted", "{\n  \"on\": \"two lines\"\n}");
        events.emplace_back(
            "bank.scanned", std::string("\x00\xff\x01", 3),
            headers{{header_name::content_type, "image/x"}, {"a", "1"}, {"a", std::string_view("\x00\xfe", 2)}},
            occurred_at::from_micros(-5 - i));
        done.push_back(
            store
                .append(stream_id("account", "k\"é\n" + std::to_string(i)), expected_version::none(), std::move(events))
                .value());
    }
    store.close();
    return done;
}

}  // namespace leftfold::test_support
