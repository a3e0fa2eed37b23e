// The reader's grammar held against an independent parser: over many texts, right and wrong, both must accept the same.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "framework/json_types.hpp"

namespace json_grammar_test {

bool we_accept(std::string_view json) {
    try {
        (void)leftfold::decode<leftfold::raw_json>(json);
        return true;
    } catch (const leftfold::decode_error&) {
        return false;
    }
}

bool they_accept(std::string_view json) {
    boost::json::parse_options options;
    options.max_depth = 64;
    boost::json::error_code error;
    (void)boost::json::parse(json, error, {}, options);
    return !error;
}

const std::vector<std::string>& originals() {
    static const std::vector<std::string> all{
        R"({"a":[1,-2.5e+10,true,false,null,"x\u00e9\ud834\udd1e\n"],"b":{"c":{}},"d":[]})",
        R"( [ 0 , -0 , 1E5 , 0.1 , "" , {"":""} ] )",
        "{\"\xC3\xA9\":\"\xE2\x82\xAC \xF0\x9D\x84\x9E\",\"k\":[[[[]]]]}",
        R"("\"\\\/\b\f\n\r\t\u0000\uFFFF")",
        "[\t1\r\n,2 ]",
        "-12.75e-3",
    };
    return all;
}

/// One to three small changes of the kinds that break grammars.
std::string mutated(std::string text, std::mt19937_64& random) {
    static constexpr std::string_view alphabet = "{}[]\",:\\/ue+-.0123456789tfn \t\n\x01\x7f\x80\xC3\xE2\xED\xF0\xFF";
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
        const std::size_t at = text.empty() ? 0 : random() % text.size();
        const char c = alphabet[random() % alphabet.size()];
        switch (random() % 4) {
            case 0:
                text.insert(at, 1, c);
                break;
            case 1:
                text.erase(at, 1);
                break;
            case 2:
                text.resize(at);
                break;
            default:
                if (!text.empty()) text[at] = c;
        }
    }
    return text;
}

TEST(json_grammar, an_independent_parser_accepts_and_refuses_the_same_texts) {
    const char* const given = std::getenv("LEFTFOLD_SEED");
    const std::uint64_t seed = given == nullptr ? 20'260'315 : std::strtoull(given, nullptr, 10);
    std::mt19937_64 random{seed};
    constexpr int texts = 300'000;
    int accepted = 0;
    int differences = 0;
    for (int i = 0; i < texts; ++i) {
        const std::string text = mutated(originals()[random() % originals().size()], random);
        const bool ours = we_accept(text);
        accepted += ours ? 1 : 0;
        if (ours != they_accept(text) && ++differences < 10)
            ADD_FAILURE() << (ours ? "only we accept " : "only they accept ") << testing::PrintToString(text)
                          << ", seed " << seed;
    }
    EXPECT_GT(accepted, texts / 20);
    EXPECT_LT(accepted, texts - texts / 20);
    std::cout << "json grammar: " << texts << " texts, " << accepted << " valid, " << differences << " differences\n";
}

TEST(json_grammar, both_accept_what_the_originals_say) {
    for (const auto& text : originals()) {
        EXPECT_TRUE(we_accept(text)) << text;
        EXPECT_TRUE(they_accept(text)) << text;
        EXPECT_EQ(boost::json::parse(leftfold::decode<leftfold::raw_json>(text).text), boost::json::parse(text));
    }
}

}  // namespace json_grammar_test
