#include "tidy/source.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

namespace tidy {

namespace {

/// Blanks comments, or comments and literals, keeping every line end where it is.
class blanker {
public:
    blanker(std::string_view text, std::string& code, std::string& bare) : text_(text), code_(code), bare_(bare) {}

    void run() {
        while (at_ < text_.size()) {
            if (starts("//")) {
                comment_until("\n");
            } else if (starts("/*")) {
                comment_until("*/");
            } else if (starts("R\"")) {
                raw_literal();
            } else if (text_[at_] == '"') {
                literal('"');
            } else if (text_[at_] == '\'' && !inside_a_number()) {
                literal('\'');
            } else {
                ++at_;
            }
        }
    }

private:
    bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

    /// 1'000: a mark between digits opens no literal.
    bool inside_a_number() const {
        const auto digit = [this](std::size_t i) {
            return i < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[i])) != 0;
        };
        return at_ > 0 && digit(at_ - 1) && digit(at_ + 1);
    }

    static void blank(std::string& reading, std::size_t from, std::size_t to) {
        for (auto i = from; i < std::min(to, reading.size()); ++i) {
            if (reading[i] != '\n') reading[i] = ' ';
        }
    }

    void comment_until(std::string_view end) {
        const auto from = at_;
        const auto found = text_.find(end, at_ + 2);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
        blank(code_, from, at_);
        blank(bare_, from, at_);
    }

    void literal(char quote) {
        const auto from = ++at_;
        while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
            at_ += text_[at_] == '\\' ? 2 : 1;
        }
        blank(bare_, from, at_);
        ++at_;
    }

    void raw_literal() {
        const auto from = at_ + 2;
        const auto open = text_.find('(', from);
        if (open == std::string_view::npos) {
            at_ = text_.size();
            return;
        }
        const auto end = ")" + std::string(text_.substr(from, open - from)) + "\"";
        const auto found = text_.find(end, open);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
        blank(bare_, open + 1, found);
    }

    std::string_view text_;
    std::string& code_;
    std::string& bare_;
    std::size_t at_ = 0;
};

bool has_known_ending(const std::filesystem::path& path) {
    static const std::vector<std::string> endings{".hpp", ".cpp",  ".cmake", ".txt", ".md",  ".sh",
                                                  ".in",  ".json", ".yml",   ".sql", ".svg", ""};
    return std::ranges::find(endings, path.extension().string()) != endings.end();
}

}  // namespace

bool is_cpp(const source& file) { return file.path.ends_with(".hpp") || file.path.ends_with(".cpp"); }

source make_source(std::string path, std::string text) {
    source made{.path = std::move(path), .text = std::move(text), .code = {}, .bare = {}};
    made.code = made.text;
    made.bare = made.text;
    if (is_cpp(made)) blanker(made.text, made.code, made.bare).run();
    return made;
}

std::vector<source> read_project(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    std::vector<source> files;
    for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
        const auto name = at->path().filename().string();
        if (at->is_directory()) {
            const bool foreign = name == "build" || name == "corpus" || (name.starts_with('.') && name != ".ci");
            if (foreign) at.disable_recursion_pending();
            continue;
        }
        if (!at->is_regular_file() || name.starts_with('.') || name == "LICENSE" || !has_known_ending(at->path()))
            continue;
        std::ifstream in(at->path(), std::ios::binary);
        files.push_back(make_source(fs::relative(at->path(), root).generic_string(),
                                    std::string((std::istreambuf_iterator<char>(in)), {})));
    }
    std::ranges::sort(files, {}, &source::path);
    return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::optional<std::string> included(std::string_view line) {
    static const std::regex directive(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::match_results<std::string_view::const_iterator> match;
    if (!std::regex_search(line.begin(), line.end(), match, directive)) return std::nullopt;
    return match[1].str();
}

}  // namespace tidy
