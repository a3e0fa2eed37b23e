// What an import refuses though each line is as it was written: an export is a file, and may come from anywhere.

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <streambuf>
#include <utility>

#include "leftfold/storage/chain.hpp"
#include "leftfold/tools/main.hpp"
#include "tools/command_line.hpp"

namespace leftfold {
namespace import_test {

namespace fs = std::filesystem;
using test_support::run;

/// The line with something replaced in it, and the checksum that belongs to it then.
std::string altered(const std::string& line, const std::string& what, const std::string& by) {
    auto body = line.substr(0, line.rfind(R"(,"lfcrc")"));
    const auto found = body.find(what);
    EXPECT_NE(found, std::string::npos) << what << " in " << line;
    body.replace(found, what.size(), by);
    return fmt::format(R"({},"lfcrc":"{:08x}"}})", body, crc32c(body));
}

class an_import : public test_support::command_line {
protected:
    an_import() {
        fill("a", 2);
        std::istringstream all(run({"export", at("a")}).out);
        for (std::string line; std::getline(all, line);) lines_.push_back(line);
    }

    /// Imports with one line replaced by another, which must be refused, with nothing left behind.
    void refused(std::size_t line, const std::string& what, const std::string& by) const {
        auto lines = lines_;
        lines[line] = altered(lines[line], what, by);
        std::string input;
        for (const auto& each : lines) input += each + "\n";
        const auto told = run({"import", at("b")}, input);
        EXPECT_EQ(told.status, tools::refused_input) << what << " by " << by << ": " << told.err;
        EXPECT_TRUE(told.err.starts_with("leftfold: importing")) << told.err;
        EXPECT_FALSE(fs::exists(at("b")));
    }

    std::vector<std::string> lines_;
};

/// The value of a member whose value is a text.
std::string member(const std::string& line, const std::string& name) {
    const auto begin = line.find("\"" + name + "\":\"") + name.size() + 4;
    return line.substr(begin, line.find('"', begin) - begin);
}

TEST_F(an_import, refuses_versions_that_do_not_go_on) {
    const auto version = R"("lfversion":")" + member(lines_[1], "lfversion") + "\"";
    for (const auto* wrong : {"0", "-1", "2", "5", "9223372036854775807"})
        refused(1, version, fmt::format(R"("lfversion":"{}")", wrong));
}

TEST_F(an_import, refuses_an_id_that_comes_twice) {
    ASSERT_EQ(member(lines_[1], "lfpartition"), member(lines_[2], "lfpartition"));
    refused(2, member(lines_[2], "id"), member(lines_[1], "id"));
}

TEST_F(an_import, refuses_types_that_no_append_would_take) {
    const auto type = R"("type":")" + member(lines_[1], "type") + "\"";
    for (const auto& wrong : {std::string(), std::string("x\\ny"), std::string(300, 't')})
        refused(1, type, R"("type":")" + wrong + "\"");
}

TEST_F(an_import, refuses_data_that_is_not_one_value_at_the_end_of_its_line) {
    std::size_t with_data = 1;
    while (lines_[with_data].find(R"(,"data":)") == std::string::npos) ++with_data;
    for (const auto* wrong : {R"(,"data":{"owner":"x"},"after":)", R"(,"data":,"b":)", R"(,"data":{)"})
        refused(with_data, R"(,"data":)", wrong);
}

TEST_F(an_import, refuses_a_header_that_says_what_cannot_be) {
    const auto cut = R"("cut":")" + member(lines_[0], "cut") + "\"";
    const auto partitions = std::stoi(member(lines_[0], "partitions"));
    std::string huge = "9223372036854775807";
    for (int p = 1; p != partitions; ++p) huge += ",9223372036854775807";
    refused(0, cut, fmt::format(R"("cut":"{}")", huge));
    refused(0, R"("complete":"true")", R"("complete":"True")");
    refused(0, R"("order":"partition")", R"("order":"none")");
    refused(1, R"("specversion":"1.0")", R"("specversion":"2.0")");
}

/// Standard input that does something when it is first asked.
class late_input : public std::streambuf {
public:
    late_input(std::string text, std::function<void()> first) : text_(std::move(text)), first_(std::move(first)) {}

protected:
    int_type underflow() override {
        if (!first_) return traits_type::eof();
        std::exchange(first_, nullptr)();
        setg(text_.data(), text_.data(), text_.data() + text_.size());
        return traits_type::to_int_type(text_.front());
    }

private:
    std::string text_;
    std::function<void()> first_;
};

TEST_F(an_import, that_loses_to_another_leaves_the_store_of_the_other) {
    std::string input;
    for (const auto& line : lines_) input += line + "\n";
    ASSERT_EQ(run({"import", at("other")}, input).status, tools::success);
    // After it has looked whether there is a store, and before it makes its own, that of another import is complete.
    late_input text(input, [&] {
        for (const auto& each : fs::directory_iterator(at("other")))
            fs::copy(each.path(), fs::path(at("b")) / each.path().filename(), fs::copy_options::skip_existing);
    });
    std::istream in(&text);
    std::ostringstream out;
    std::ostringstream err;
    const std::string target = at("b");
    const char* const words[] = {"leftfold", "import", target.c_str()};
    EXPECT_EQ(tools::run(3, words, in, out, err), tools::already_there) << err.str();
    EXPECT_EQ(run({"verify", target}).status, tools::success);
    EXPECT_EQ(run({"export", target}).out, input);
}

}  // namespace import_test
}  // namespace leftfold
