#include "leftfold/framework/member_path.hpp"

#include <fmt/format.h>

#include <charconv>

#include "leftfold/framework/detail/codec_path.hpp"
#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {
namespace {

/// Reads a path from left to right.
class path_reader {
public:
    explicit path_reader(std::string_view text) : text_(text) {}

    std::vector<member_path::part> parts() {
        if (!take('$')) refuse("wants $");
        std::vector<member_path::part> parts;
        while (at_ < text_.size()) {
            if (parts.size() == member_path::parts_max) refuse("is too deep");
            parts.push_back(part());
        }
        return parts;
    }

private:
    member_path::part part() {
        if (take('.')) return {.name = peek() == '"' ? quoted() : plain()};
        if (!take('[')) refuse("wants . or [");
        member_path::part made;
        if (peek() == '"') {
            made.name = quoted();
        } else {
            made.index = index();
            made.is_index = true;
        }
        if (!take(']')) refuse("wants ]");
        return made;
    }

    std::string plain() {
        const auto start = at_;
        while (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[' && text_[at_] != '"' && text_[at_] != ' ')
            ++at_;
        if (at_ == start) refuse("wants a name");
        return std::string{text_.substr(start, at_ - start)};
    }

    std::string quoted() {
        ++at_;  // the quote
        std::string name;
        while (!take('"')) {
            if (take('\\') && peek() != '"' && peek() != '\\') refuse("wants \" or \\ after \\");
            if (at_ == text_.size()) refuse("wants a closing quote");
            name += text_[at_++];
        }
        return name;
    }

    std::size_t index() {
        std::size_t number = 0;
        const auto* const start = text_.data() + at_;
        const auto [stopped, failure] = std::from_chars(start, text_.data() + text_.size(), number);
        if (failure != std::errc{}) refuse("wants an index or a quoted name");
        at_ += static_cast<std::size_t>(stopped - start);
        return number;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char wanted) {
        if (peek() != wanted || at_ == text_.size()) return false;
        ++at_;
        return true;
    }

    [[noreturn]] void refuse(std::string_view why) const {
        throw error(errc::invalid_argument,
                    fmt::format("reading \"{}\" as the path of a member: {} at character {}", text_, why, at_ + 1));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

member_path::member_path(std::string_view text) : parts_(path_reader{text}.parts()) {}

std::string to_string(const member_path& path) {
    const detail::path_link* innermost = nullptr;
    std::vector<detail::path_link> links(path.parts().size());
    for (std::size_t i = 0; i < links.size(); ++i) {
        const auto& part = path.parts()[i];
        links[i] = {innermost, part.name, part.index, part.is_index};
        innermost = &links[i];
    }
    return detail::to_string(innermost);
}

}  // namespace leftfold::inline v0
